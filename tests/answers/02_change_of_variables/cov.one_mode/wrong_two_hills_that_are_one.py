# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there
def two_modes():
    """Steep in the middle: one narrow hill with broad sides."""
    return "tanh", {"a": 0.5, "b": 3.0}, (-1.0, 1.0)
