"""The documentation as a site: ``python -m website`` builds it, strictly, into ``site/``.

Pages that people write lie in ``docs/``; what follows from the code (the reference, the pages of
the examples) is written here on every build, so that nothing of it can be out of date.
"""
