"""Work that is done in a fork of the test's process, and told to it."""

from __future__ import annotations

import json
import os
import threading


def in_child(work):
    """What ``work`` returns in a forked child; the child is killed when it hangs."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001 - told to the parent
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    timer = threading.Timer(20, os.kill, (pid, 9))
    timer.start()
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    timer.cancel()
    return json.loads(answer or b'"the child hung"')
