def largest_dimension(per_axis, budget):
    return 0 if budget < per_axis else 1 + largest_dimension(per_axis, budget // per_axis)


def relative_variance(v, d):
    r = 0.0
    for _ in range(d):
        r = r + v + r * v
    return r


def draws_needed(v, d, error):
    return relative_variance(v, d) / error / error
