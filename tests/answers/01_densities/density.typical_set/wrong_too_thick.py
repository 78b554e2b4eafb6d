# breaks: the shell is at most 6 thick and holds 99 % of the mass, in every dimension | mistake: too thick a shell
import math


def typical_shell(d):
    return (max(0.0, math.sqrt(d) - 4), math.sqrt(d) + 4)
