# breaks: the dimension is the largest whose grid the budget pays for, to the last point | mistake: powers of floats
def largest_dimension(per_axis, budget):
    d = 0
    while budget >= per_axis:
        budget = budget / per_axis
        d += 1
    return d
