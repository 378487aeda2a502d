"""The whole installation as one file, and back: what `pg_dump` writes, with counts and sums to check it by."""
