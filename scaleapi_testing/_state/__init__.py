"""What Scale remembers; nothing here knows of HTTP."""
