"""What the document task types share: features, pages, annotations."""
