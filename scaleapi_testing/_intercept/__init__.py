"""The doors inside the process: one file per library that may call Scale."""
