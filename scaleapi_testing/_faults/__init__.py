"""Errors on demand: what a fault is, which one strikes, and which mean nothing."""
