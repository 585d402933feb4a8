"""The one labeling language: how values are read, rules are said, truths are refused."""
