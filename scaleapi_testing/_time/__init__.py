"""Virtual time: the clock, what is still to happen, whose wait lasts until when."""
