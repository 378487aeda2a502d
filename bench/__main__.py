"""Runs the benchmarks named on the command line, or all; ends with 1 when a bar is missed."""

import importlib
import os
import pkgutil
import sys

import django

import bench

NO_BENCHES = ("__main__", "result", "company")


def main(names: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "b2bops.settings")
    django.setup()
    known = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in NO_BENCHES]
    if unknown := set(names) - set(known):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    results = []
    for name in names or known:
        module = importlib.import_module(f"bench.{name}")
        if not names and getattr(module, "ONLY_WHEN_NAMED", False):
            print(f"— {name}: only when named, it takes long", flush=True)
            continue
        print(f"— {name}", flush=True)
        for result in module.measure():
            print(result, flush=True)
            results.append(result)
    slow = [result.name for result in results if not result.is_met]
    print(f"{len(results) - len(slow)} of {len(results)} bars kept" + (f"; missed: {'; '.join(slow)}" if slow else ""))
    return 1 if slow else 0


sys.exit(main(sys.argv[1:]))
