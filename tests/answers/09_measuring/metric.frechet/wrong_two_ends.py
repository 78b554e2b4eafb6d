# breaks: the limit is the least-squares line in 1/n, read off where 1/n is nought | mistake: the line through two points
def frechet_limit(sizes, values):
    first, last = 1 / float(sizes[0]), 1 / float(sizes[-1])
    slope = (values[-1] - values[0]) / (last - first)
    return values[0] - slope * first
