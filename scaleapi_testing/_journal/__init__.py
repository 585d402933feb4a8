"""What was asked and answered: the journal, its records, and what a test expects of them."""
