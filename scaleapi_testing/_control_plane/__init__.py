"""What a program elsewhere does to a fake and sees of it: the controls as a table of operations."""
