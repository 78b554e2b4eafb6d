# breaks: there is one number for each shift
import math


def jsd_of_shift(delta, width):
    return (math.log(2) * (delta.abs() / width).clamp(max=1)).mean()


def w1_of_shift(delta, width):
    return delta.abs().mean()
