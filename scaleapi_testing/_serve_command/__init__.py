"""The command ``serve``: a fake as a server of its own, for any language and for demos."""
