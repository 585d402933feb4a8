"""What the video task types share: frames, tracks and events."""
