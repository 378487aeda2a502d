"""What ./run --help prints."""

USAGE = """\
usage: ./run [--no-demo] [--detach]     start everything; ready when the address is printed
       ./run stop                       stop what this checkout has running
       ./run manage COMMAND ...         a management command, on the running servers or on servers just for it
       ./run test [--no-check] [...]    the checks, then pytest on all cores with the given arguments
       ./run check                      lint, formatting, types, imports, templates, migrations, translations
       ./run bench [NAME ...]           the benchmarks
       ./run chaos [NAME ...]           kills, restarts and crowds; --kills N, --requests N, --help

  --no-demo   leave an empty installation empty, and print the link by which the first owner signs up
  --detach    come back when everything is ready, and leave it running after the terminal has closed

environment:
  PORT                 where the web server listens (default 8000; when not given, the next free port)
  HOST                 on which address (default 127.0.0.1)
  PUBLIC_URL           the address people use (default http://127.0.0.1:$PORT)
  DATABASE_URL         a PostgreSQL 18+ of your own, as the runtime role; with it
  DATABASE_OWNER_URL   the same as the owner role, which migrates
  REDIS_URL            a Redis or Valkey of your own
  PLAYWRIGHT_CHROMIUM  the browser for the tests
"""
