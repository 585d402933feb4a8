"""State as a value, and as a file."""
