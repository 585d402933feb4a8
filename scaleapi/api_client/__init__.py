"""Where the official package keeps its v2 client: every import path of it leads to ours."""
