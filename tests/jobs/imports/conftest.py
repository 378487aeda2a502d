"""Imports are run by the product's own callable, not by the kinds that the tests of runs make up."""

import pytest


@pytest.fixture(autouse=True)
def _real_import(settings):
    settings.RUN_KINDS = {"import": "jobs.imports.runs.run_import"}
