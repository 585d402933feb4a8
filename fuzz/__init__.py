"""A fuzzer of the fake: random calls and controls, as doors and people make them, from one seed.

``make fuzz`` runs it for some minutes; the tests run a few rounds of it.
"""
