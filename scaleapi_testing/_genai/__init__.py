"""What v2 shows of a task: its threads, with annotations that fit the project."""
