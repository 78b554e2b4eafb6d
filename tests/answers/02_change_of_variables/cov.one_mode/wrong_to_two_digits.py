# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there
def two_modes():
    return "wave", {"a": 1.0, "b": -0.75}, (-1.54, 1.54)
