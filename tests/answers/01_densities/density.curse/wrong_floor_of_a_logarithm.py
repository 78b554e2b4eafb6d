# breaks: the dimension is the largest whose grid the budget pays for, to the last point | mistake: a logarithm of floats
import math


def largest_dimension(per_axis, budget):
    return math.floor(math.log(budget, per_axis))
