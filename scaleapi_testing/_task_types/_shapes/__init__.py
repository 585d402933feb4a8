"""Shapes on a picture: geometries, links and pre-labels, for images, video and scenes alike."""
