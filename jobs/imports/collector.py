"""Python's cyclic garbage collector, and why it rests while a file is imported."""

import gc
from contextlib import contextmanager


@contextmanager
def resting_collector():
    """No cyclic collection inside the block.

    The rows of a large file are a million objects that live to the end, and hold no cycles; the collector would look
    through all of them again and again. Measured on 20,000 contracts: a quarter of the import's processor time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
