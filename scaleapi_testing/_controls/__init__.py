"""What a test does to the world and sees of it: moves, views, what people do in the dashboard."""
