"""One file per goal, found by its name; each says in ``measure`` what is compared with what."""
