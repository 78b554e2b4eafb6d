import math


def largest_dimension(per_axis, budget):
    guess = round(math.log(budget) / math.log(per_axis))
    return next(d for d in range(guess + 2, -1, -1) if per_axis**d <= budget)


def relative_variance(v, d):
    total, power = 0.0, 1.0
    for _ in range(d):
        total, power = total + v * power, power * (1 + v)  # v (1 + (1 + v) + ... )
    return total


def draws_needed(v, d, error):
    return relative_variance(v, d) / error / error
