"""What each word after ./run does."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable

from launch import chromium
from launch.assets import Assets
from launch.checkout import Checkout, clean_environment, here
from launch.checks import run_checks
from launch.console import Failure, say
from launch.management import manage, refuse_unknown, run_in_front
from launch.servers import throw_away
from launch.spread import cores, spread
from launch.stack import Stack, migrate
from launch.steps import Steps
from launch.stop_signals import Signals, Stopped
from launch.usage import USAGE


def start(checkout: Checkout, words: list[str]) -> int:
    unknown = [word for word in words if word not in ("--no-demo", "--detach")]
    if unknown:
        raise Failure(f"./run does not know {unknown[0]!r}; ./run --help lists what it knows.", code=2)
    stack = Stack(checkout)
    if "--detach" in words:
        return stack.start_detached([word for word in words if word != "--detach"])
    return stack.start(no_demo="--no-demo" in words)


def stop(checkout: Checkout, words: list[str]) -> int:
    return Stack(checkout).stop()


def run_manage(checkout: Checkout, words: list[str]) -> int:
    refuse_unknown(words)
    return manage(checkout, words)


def check(checkout: Checkout, words: list[str]) -> int:
    signals = Signals()
    signals.install()
    with throw_away(os.environ, signals=signals) as servers:
        environment = clean_environment(os.environ) | servers.environment
        Assets(checkout, Steps(signals, environment, checkout.root)).build(collect=False)
        return _report(run_checks(checkout, environment))


def test(checkout: Checkout, words: list[str]) -> int:
    signals = Signals()
    signals.install()
    with_checks = "--no-check" not in words
    words = [word for word in words if word != "--no-check"]
    environment = clean_environment(os.environ)
    environment["PLAYWRIGHT_CHROMIUM"] = chromium.ensure(environment)
    with throw_away(os.environ, signals=signals) as servers:
        environment |= servers.environment
        Assets(checkout, Steps(signals, environment, checkout.root)).build(collect=False)
        failed = run_checks(checkout, environment) if with_checks else []
        signals.check()
        if failed:
            say(f"checks failed: {', '.join(failed)}; the tests run all the same")
        # pytest speaks last, so that its closing line is the last line
        pytest = [sys.executable, "-m", "pytest", *spread(words, checkout.root, cores()), *words]
        # it takes its fixtures down when interrupted, and just dies of the others
        code = run_in_front(pytest, environment, signals, folder=checkout.root, passed_as=signal.SIGINT)
    return code or (1 if failed else 0)


def bench(checkout: Checkout, words: list[str]) -> int:
    signals = Signals()
    signals.install()
    with throw_away(os.environ, durable=True, signals=signals) as servers:
        environment = clean_environment(os.environ) | servers.environment
        steps = Steps(signals, environment, checkout.root)
        Assets(checkout, steps).build(collect=False)
        migrate(checkout, steps, servers)
        return run_in_front([sys.executable, "-m", "bench", *words], environment, signals, folder=checkout.root)


def chaos(checkout: Checkout, words: list[str]) -> int:
    """Its servers are its own children: it kills them."""
    signals = Signals()
    signals.install()
    return run_in_front(
        [sys.executable, "-m", "chaos", *words], clean_environment(os.environ), signals, folder=checkout.root
    )


def _report(failed: list[str]) -> int:
    say(f"checks failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


COMMANDS: dict[str, Callable[[Checkout, list[str]], int]] = {
    "start": start,
    "stop": stop,
    "manage": run_manage,
    "check": check,
    "test": test,
    "bench": bench,
    "chaos": chaos,
}


def main(words: list[str]) -> int:
    """Runs one command and returns the exit code. Whatever goes wrong ends in one message."""
    if words and words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    name = words[0] if words and not words[0].startswith("-") else "start"
    rest = words[1:] if words and words[0] == name else words
    if name not in COMMANDS:
        say(f"there is no command {name!r}")
        print(USAGE, end="", file=sys.stderr)
        return 2
    checkout = here()
    try:
        checkout.make_local()
        return COMMANDS[name](checkout, rest)
    except Failure as failure:
        say(str(failure))
        return failure.code
    except Stopped:
        say("stopped")
        return 130
    except OSError as error:
        say(
            f"the disk is full ({error.filename or checkout.root})"
            if error.errno == errno.ENOSPC
            else f"failed: {error}"
        )
        return 1
