"""Many isolated fakes in one server, each under a name."""
