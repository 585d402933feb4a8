"""What the task types of scenes in three dimensions share: frames, cuboids, points, cameras."""
