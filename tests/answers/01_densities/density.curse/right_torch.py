import torch


def largest_dimension(per_axis, budget):
    found = 0
    for d in range(1, 64):
        if per_axis**d > budget:
            break
        found = d
    return torch.tensor(found)


def relative_variance(v, d):
    return torch.expm1(d * torch.log1p(torch.tensor(v, dtype=torch.float64)))


def draws_needed(v, d, error):
    return relative_variance(v, d) * error**-2
