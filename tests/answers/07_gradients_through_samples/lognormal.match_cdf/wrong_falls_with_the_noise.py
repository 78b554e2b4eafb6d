# breaks: line 5 inverts line 4: T takes each noise to the sample at the same quantile | mistake: the decreasing twin
import torch


def solve_for_T(eps):
    return {"T": 1 / torch.exp(eps)}
