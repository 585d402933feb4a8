"""The section ``scale`` in the report of a failed test."""
