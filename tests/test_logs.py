"""What stands in a log line: all that helps, nothing that is secret or names a customer."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError

from b2bops.logs import masked

REFUSED = (
    'null value in column "name" violates not-null constraint\n'
    "DETAIL:  Failing row contains (7, Northwind\nof the North, 1200).\n"
    'CONTEXT:  SQL statement "insert"'
)


@pytest.fixture
def lines():
    """`lines(write)` is what `write(logger)` put on stderr, each line read as JSON."""

    def read(write):
        out = io.StringIO()
        handler = logging.StreamHandler(out)
        handler.setFormatter(
            logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
                dict(settings.LOGGING["formatters"]["json"])
            )
        )
        logger = logging.Logger("somebody.elses")
        logger.addHandler(handler)
        write(logger)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return read


def test_exception_of_another_library(lines):
    def write(logger):
        try:
            raise ValueError("no /invitation/s3cret/ here")
        except ValueError:
            logger.exception("broke at /w/acme/accounts/?q=Northwind")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        [line] = lines(write)
    assert (line["event"], line["level"]) == ("broke at /w/acme/accounts/?…", "error")
    assert (line["logger"], line["request_id"]) == ("somebody.elses", "r-1")
    assert line["exception"].startswith("Traceback (most recent call last):")
    assert line["exception"].endswith("ValueError: no /invitation/…/ here")
    assert "exc_info" not in line


def test_row_that_the_database_refused(lines):
    def write(logger):
        try:
            try:
                raise LookupError(REFUSED)
            except LookupError as error:
                raise IntegrityError(REFUSED) from error
        except IntegrityError:
            logger.exception("broke")

    [line] = lines(write)
    text = line["exception"]
    for quoted in ("Northwind", "of the North", "SQL statement"):
        assert quoted not in text
    assert text.count('null value in column "name" violates not-null constraint') == 2
    assert "The above exception was the direct cause of the following exception:" in text
    assert text.endswith("not-null constraint")


@pytest.mark.parametrize(
    "text, left",
    [
        ("syntax error at \"x\"\nLINE 1: select 'Northwind'\n        ^", 'syntax error at "x"'),
        (repr(IntegrityError("refused\nDETAIL:  Key (name)=(Northwind)")), "IntegrityError('refused"),
        ("LINE 3: of a file", "LINE 3: of a file"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_masked_quoted_rows(text, left):
    assert masked(text) == left


@pytest.mark.parametrize(
    "path", ["/invitation/", "/welcome/", "/sign-in/password/reset/key/", "/shared/", "/digest/unsubscribe/"]
)
def test_links_that_open_something_are_masked(path):
    assert masked(f"GET {path}To-k3n:x/ answered 429") == f"GET {path}…/ answered 429"
    assert masked("/sign-in/with/feishu/back/?code=c&state=s") == "/sign-in/with/feishu/back/?…"
