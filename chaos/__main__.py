"""Runs the trials named on the command line, or all, on servers of their own; ends with 1 when something does not hold."""

import argparse
import importlib
import os
import pkgutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from chaos import trials
from launch.assets import Assets
from launch.checkout import clean_environment, here
from launch.servers import throw_away
from launch.stack import migrate
from launch.steps import Steps
from launch.stop_signals import Signals

# None of them may lead to a server that is somebody's.
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL")
KNOWN = sorted(module.name for module in pkgutil.iter_modules(trials.__path__))


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=f"of {', '.join(KNOWN)}; all when none is named")
    parser.add_argument("--kills", type=int, default=20, help="kills and restarts of a trial (20)")
    parser.add_argument("--requests", type=int, default=100_000, help="requests of several workspaces (100,000)")
    parser.add_argument("--quick", action="store_true", help="as in the tests: small, and no pace of half a minute")
    found = parser.parse_args(words)
    if unknown := set(found.trials) - set(KNOWN):
        parser.error(f"no such trial: {', '.join(sorted(unknown))}; there are {', '.join(KNOWN)}")
    return found


def main(words: list[str]) -> int:
    asked = arguments(words)
    # by the way of an exception, so that the servers are taken down
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    checkout = here()
    environment = {key: value for key, value in clean_environment(os.environ).items() if key not in ADDRESSES}
    with throw_away(environment, signals=Signals(), durable=True) as servers:
        os.environ.clear()
        os.environ.update(environment | servers.environment | {"DJANGO_SETTINGS_MODULE": "b2bops.settings"})
        steps = Steps(Signals(), os.environ, checkout.root)
        Assets(checkout, steps).build()
        migrate(checkout, steps, servers)
        return try_all(asked, servers)


def try_all(asked: argparse.Namespace, servers) -> int:
    """Runs the trials one after the other, each to its end whatever became of the others. Returns the exit code."""
    import django  # noqa: PLC0415 - only now do its settings know the servers

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from chaos.claim import Claim  # noqa: PLC0415
    from chaos.ground import Ground, Size  # noqa: PLC0415

    # What this process queues is found by beat, or sent by the trial: it must not help the processes it watches.
    settings.BROKER_URL = "memory://"
    size = Size(kills=asked.kills, requests=asked.requests, is_quick=asked.quick)
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory(prefix="b2bops-chaos-") as folder:
        ground = Ground(servers.postgres, servers.valkey, Path(folder))
        for name in asked.trials or KNOWN:
            module = importlib.import_module(f"chaos.trials.{name}")
            print(f"— {name}: {' '.join((module.__doc__ or '').split())}", flush=True)
            started = time.monotonic()
            try:
                for claim in module.trial(ground, size):
                    print(f"  {claim}", flush=True)
                    claims.append(claim)
            except Exception as error:
                traceback.print_exc()
                claims.append(Claim(f"{name} runs to its end", False, str(error)[-500:]))
                print(f"  {claims[-1]}", flush=True)
            print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    lost = [claim.name for claim in claims if not claim.holds]
    print(f"{len(claims) - len(lost)} of {len(claims)} held" + (f"; lost: {'; '.join(lost)}" if lost else ""))
    return 1 if lost or not claims else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
