"""A program with the real API behind it, recorded: what goes over the wire, without its keys."""
