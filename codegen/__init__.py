"""Programs that write source files which nobody edits by hand."""
