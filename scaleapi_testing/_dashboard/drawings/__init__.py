"""What was labeled, drawn: a task becomes HTML and SVG, one file per medium."""
