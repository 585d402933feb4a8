"""The demo: a labeling project from start to end, played through the real client against the fake.

Needs the extra ``cli``.
"""
