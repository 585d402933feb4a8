"""What changes a fake as commands: as bytes, applied in order, and who does both for a server."""
