"""A fake on another machine, with the interface of ``FakeScale``."""
