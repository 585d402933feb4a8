"""A fake whose state another thread has for as long as a test says."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def held_elsewhere(fake):
    """Another thread has the fake's state."""
    has_it, is_over = threading.Event(), threading.Event()

    def hold():
        with fake._world.lock:
            has_it.set()
            is_over.wait()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        has_it.wait()
        try:
            yield
        finally:
            is_over.set()
        holding.result()
