import torch


def elbo_terms(x0, x0_hat, beta):
    log_kept = torch.log1p(-beta).cumsum(0)
    kept, rest = log_kept.exp(), -torch.expm1(log_kept)
    gap = x0_hat - x0[None]
    square = torch.einsum("tbd,tbd->tb", gap, gap)
    weight = -torch.diff(kept / rest) / 2
    n = x0.shape[-1]
    out = {"reconstruction": -0.5 * (square[0] / beta[0] + n * (2 * torch.pi * beta[0]).log())}
    out["prior"] = 0.5 * (kept[-1] * (x0.square().sum(-1) - n) - n * rest[-1].log())
    out["consistency"] = torch.einsum("t,tb->b", weight, square[1:])
    return out | {"elbo": out["reconstruction"] - out["prior"] - out["consistency"]}
