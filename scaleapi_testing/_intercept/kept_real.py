"""Whose sleeps and clocks stay real while those of the test are skipped."""

from __future__ import annotations

from typing import Final

KEPT_REAL: Final = frozenset(
    {
        # What really waits: for threads, processes, sockets.
        *("asyncio", "concurrent", "multiprocessing", "queue", "select", "selectors", "signal"),
        *("socket", "socketserver", "ssl", "subprocess", "threading", "gevent", "eventlet", "trio"),
        # HTTP libraries, whose time-outs and back-off are those of calls to other hosts.
        *("aiohttp", "botocore", "httpcore", "httpx", "requests", "urllib3"),
        # What runs and measures tests.
        *(
            "_pytest",
            "coverage",
            "cProfile",
            "execnet",
            "hypothesis",
            "pluggy",
            "profile",
            "pytest",
        ),
        *("pytest_asyncio", "pytest_benchmark", "pytest_timeout", "timeit", "xdist"),
        # Libraries that replace clocks themselves, and ours.
        *("freezegun", "scaleapi_testing", "time_machine"),
    }
)
"""Packages; of ``unittest`` the runner, for ``unittest.mock`` calls on behalf of the test."""

OF_UNITTEST: Final = frozenset({"unittest.async_case", "unittest.case", "unittest.runner"})


def keeps_real(module: str) -> bool:
    """Whether code of a module, by its dotted name, sleeps and reads clocks for real."""
    return module.partition(".")[0] in KEPT_REAL or module in OF_UNITTEST
