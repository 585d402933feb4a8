"""Breaks rooms of the code on purpose, one small change at a time, and says what no test noticed.

``make mutants`` runs it; mutmut makes the changes and runs the tests.
"""
