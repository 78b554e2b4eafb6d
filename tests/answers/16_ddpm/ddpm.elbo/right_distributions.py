import torch
from torch.distributions import Independent, Normal, kl_divergence


def elbo_terms(x0, x0_hat, beta):
    x, g, b = x0.double(), x0_hat.double(), beta.double()
    bars = torch.cumprod(1 - b, 0)
    recon = Normal(g[0], b[0].sqrt()).log_prob(x).sum(1)
    end = Independent(Normal(bars[-1].sqrt() * x, (1 - bars[-1]).sqrt().expand_as(x)), 1)
    prior = kl_divergence(end, Independent(Normal(torch.zeros_like(x), torch.ones_like(x)), 1))
    steps = 0
    for k in range(1, len(b)):
        c = bars[k - 1].sqrt() * b[k] / (1 - bars[k])
        s = ((1 - bars[k - 1]) / (1 - bars[k]) * b[k]).sqrt()
        steps = steps + kl_divergence(Normal(c * x, s), Normal(c * g[k], s)).sum(1)
    out = {"reconstruction": recon, "prior": prior, "consistency": steps, "elbo": recon - prior - steps}
    return {k: v.to(x0.dtype) for k, v in out.items()}
