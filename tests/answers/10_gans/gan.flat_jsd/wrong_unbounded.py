# breaks: once they share nothing, JSD is log 2 however far apart they are, and its gradient is 0 | mistake: JSD that goes on growing
import math


def jsd_of_shift(delta, width):
    return math.log(2) * delta.abs() / width


def w1_of_shift(delta, width):
    return abs(delta)
