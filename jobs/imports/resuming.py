"""Going on with an import whose writing was cut off.

Usually the file is read as before, and the number of entries that are done says where to go on. An upgrade in between, or
another choice of a field of one's own, may read it otherwise: in another order, with a row more or less. Then the journal
says what was written, and all else is taken up again.
"""

import hashlib
import json
from collections import Counter

from django.db.models import Max

from jobs.imports.checking import Reading, keep_issues, totals
from jobs.imports.kinds import Entry
from jobs.models import ImportJob


def plan_of(entries: list[Entry]) -> str:
    """Which rows are written in which order, in 64 characters."""
    return hashlib.sha256(json.dumps([entry.rows for entry in entries]).encode()).hexdigest()


def take_up(job: ImportJob, reading: Reading) -> None:
    """Leave of the reading's entries what is to be written still, where `job.done` does not count these entries. Runs in the
    caller's transaction, with the job locked.
    """
    if job.done is None or job.plan == plan_of(reading.prepared.entries):
        return
    written = dict(job.written.filter(row__gt=0).values_list("row", "verb"))
    reading.prepared.entries = [entry for entry in reading.prepared.entries if entry.rows[0] not in written]
    last = job.written.aggregate(last=Max("batch"))["last"]
    reading.first_batch = 0 if last is None else last + 1
    # What was refused or found unchanged before is so again.
    job.issues.all().delete()
    job.done, job.plan = 0, plan_of(reading.prepared.entries)
    job.counts = totals(Counter(written.values()), reading.prepared.issues, reading)
    keep_issues(job, reading.prepared.issues, reading)
    job.save(update_fields=["done", "plan", "counts"])
