"""How fast the project is, as ratios of two things measured side by side in one run."""
