"""The ordered log of commands: where what a server did survives it, and where several meet."""
