from decimal import Decimal, getcontext

getcontext().prec = 60


def largest_dimension(per_axis, budget):
    d, points = 0, per_axis
    while points <= budget:
        d, points = d + 1, points * per_axis
    return d


def relative_variance(v, d):
    return float((1 + Decimal(v)) ** d - 1)


def draws_needed(v, d, error):
    return float(((1 + Decimal(v)) ** d - 1) / Decimal(error) ** 2)
