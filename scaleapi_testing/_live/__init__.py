"""Tests that run twice: against the fake, and against Scale itself (``pytest --scale-live``)."""
