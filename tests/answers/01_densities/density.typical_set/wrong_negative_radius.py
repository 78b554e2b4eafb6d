# breaks: typical_shell returns two numbers, 0 ≤ r < R | mistake: a negative radius
import math


def typical_shell(d):
    return (math.sqrt(d) - 3, math.sqrt(d) + 3)
