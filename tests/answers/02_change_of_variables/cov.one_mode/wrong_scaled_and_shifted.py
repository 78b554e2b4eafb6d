# breaks: the density of your map has a maximum at each of the two points: its slope falls through 0 there | mistake: a constant ladj once more
def two_modes():
    return "affine", {"a": -1.0, "b": 3.0}, (2.0, 4.0)
