# breaks: the dimension is the largest whose grid the budget pays for, to the last point
import math


def largest_dimension(per_axis, budget):
    return round(math.log(budget, per_axis))
