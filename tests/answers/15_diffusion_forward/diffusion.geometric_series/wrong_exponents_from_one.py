# breaks: line 4 is the variance of those t noises: a factor and the powers of alpha | mistake: the series starts at alpha
import torch


def variance_sum(t, alpha):
    alphas = torch.full((t,), alpha, dtype=torch.float64)
    return {"factor": 1 - alpha, "powers": torch.cumprod(alphas, dim=0)}
