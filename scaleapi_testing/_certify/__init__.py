"""What a callback handler does wrong: a planned series of calls, and its findings."""
