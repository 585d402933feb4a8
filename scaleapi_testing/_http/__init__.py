"""Values of a call: requests and replies, routes, keys, page tokens, addresses, JSON."""
