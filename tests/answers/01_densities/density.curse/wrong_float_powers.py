# breaks: the dimension is the largest whose grid the budget pays for, to the last point
def largest_dimension(per_axis, budget):
    d = 0
    while float(per_axis) ** (d + 1) <= float(budget):
        d += 1
    return d
