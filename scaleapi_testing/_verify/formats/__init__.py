"""Recordings by the programs that make them: each file here reads one of their formats."""
