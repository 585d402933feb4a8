"""Webhooks: when one is tried, where it can go, and what came back."""
