"""A worker of its own, to be killed: works on one run in chunks of two, and says after each that it is written. Of an
undo it says that everything is taken back, before that is committed.

`python -m tests.jobs.imports.worker RUN_ID WORKSPACE_ID DATABASE`
"""

import os
import sys

import django


def main(run_id: str, workspace_id: str, database: str) -> None:
    os.environ["B2BOPS_TEST_DB"] = database
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - only after set-up
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = database

    from jobs.imports import runs, undoing  # noqa: PLC0415
    from jobs.runs import execute  # noqa: PLC0415

    runs.CHUNK = 2
    write = runs.write_chunk

    def told(context, reading):
        job = write(context, reading)
        print(job.done, flush=True)
        sys.stdin.readline()
        return job

    runs.write_chunk = told
    keep = undoing._keep_outcomes

    def told_of_undo(job, found):
        counts = keep(job, found)
        print("taken back", flush=True)
        sys.stdin.readline()
        return counts

    undoing._keep_outcomes = told_of_undo
    execute(run_id, workspace_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
