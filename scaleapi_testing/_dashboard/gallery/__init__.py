"""One task of each type, answered by the fake, as examples of every drawing."""
