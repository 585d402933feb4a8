"""Tasks that real Scale answered once: how exports are read, and put into a fake."""
