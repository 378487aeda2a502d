"""One after the other: who looks before writing finds what was looked at."""

from django.db import connection


def take_turn(workspace, *nouns: str) -> None:
    """Let nobody else save facts of these kinds until the transaction ends: two batches would race for the same external
    ids, and who looks before writing must find what was looked at. In one order, or two would wait for each other.
    """
    with connection.cursor() as cursor:
        for noun in sorted(nouns):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{workspace.pk}:{noun}"])
