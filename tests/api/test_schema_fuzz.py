"""Requests that nobody thought of, made from the schema: none is answered 5xx, none otherwise than the schema says.

Right and wrong data of every fourth operation, with a writing key and now and then a reading one; then chains of requests,
each on what one before it made. A few of each here; for a night of them, of all operations:
`FUZZ_EXAMPLES=500 ./run test tests/api/test_schema_fuzz.py`.
"""

import os
from itertools import cycle
from zlib import crc32

import pytest
import schemathesis
from django.db import transaction
from django.test.client import ClientHandler
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# Django's handler for tests, because the one for servers closes the connection that the test's transaction is on.
handler = ClientHandler(enforce_csrf_checks=True)


def application(environ, start_response):
    response = handler(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
# Keys are the tests' own: made-up ones only ever find that they are refused.
schema.config.generation.with_security_parameters = False
# Chains are made of right requests: of wrong ones hardly any makes something that the next could be about.
well_meant = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
well_meant.config.generation.with_security_parameters = False
well_meant.config.generation.modes = [schemathesis.GenerationMode.POSITIVE]
LONG = int(os.environ.get("FUZZ_EXAMPLES", "0"))
EXAMPLES = LONG or 3
# Of an operation by itself it takes a second to make up a request; the chains ask all of them.
OF_OPERATIONS = 1 if LONG else 4


def is_passed_over(ctx) -> bool:
    return crc32(ctx.operation.label.encode()) % OF_OPERATIONS != 0


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The same requests each time, except where somebody asks for many: then new ones.
SOME = settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if LONG else [])],
)


@pytest.fixture
def keys(cast, settings):
    """Writing keys, and every third a reading one."""
    settings.API_REQUESTS_PER_MINUTE = 10**9
    write, read = cast.api_key(), cast.api_key(scope="read")
    return cycle([write, write, read])


@schema.exclude(is_passed_over).parametrize()
@SOME
def test_any_request(case, keys):
    case.call_and_validate(headers={"Authorization": f"Bearer {next(keys)}"}, checks=CHECKS)


def test_any_chain_of_requests(keys):
    """What was made is read, changed and voided in any order, by the links that the schema names."""
    went_well: set[str] = set()
    write, _again, read = (next(keys) for _ in range(3))

    class Chain(well_meant.as_state_machine()):
        """Each chain begins with the same keys and an empty workspace, or the same chain would go another way."""

        def setup(self):
            self.keys = cycle([write, write, write, write, read])
            self.transaction = transaction.atomic()
            self.transaction.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": f"Bearer {next(self.keys)}"}}

        def validate_response(self, response, case, additional_checks=(), **kwargs):
            case.validate_response(response, checks=CHECKS)
            if response.status_code < 300:
                went_well.add(case.operation.definition.raw["operationId"].partition("_")[0])

    run_state_machine_as_test(Chain, settings=settings(SOME, max_examples=LONG or 20, stateful_step_count=30))
    assert went_well & {"get", "change", "void"}, "the chains hold nothing that hangs together"
