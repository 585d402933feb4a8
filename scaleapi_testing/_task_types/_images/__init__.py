"""What the image task types alone share."""
