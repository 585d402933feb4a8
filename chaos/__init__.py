"""Kills servers, and the database under them, while they are written to; then checks the books.

A program for developers (``make chaos``). Nothing here knows the server's code: what was answered
is written down by whoever asked, and a process of its own compares it with what is there.
"""
