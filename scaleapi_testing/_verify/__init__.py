"""Recorded traffic replayed against a fresh fake: where the fake differs from real Scale."""
