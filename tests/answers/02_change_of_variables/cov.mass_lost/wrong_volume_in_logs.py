# breaks: mass_kept is the integral of the model's density over all x | mistake: the volume of the box
import math


def mass_kept(low, high):
    sides = [float(b) - float(a) for a, b in zip(low, high)]
    return math.exp(sum(math.log(side) for side in sides))
