# rounded to three digits, as the text asks for
import math


def never_forgets():
    c = 2.6
    root = math.sqrt(c)
    return c, 2.0, float(f"{math.sin(math.pi * root) / (math.pi * root * (1 - c)):.3g}")


def never_forgets_either():
    return 1.0, 2.5, 0.696155
