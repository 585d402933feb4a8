"""Attributes of annotations: their rules, their values, their truth."""
