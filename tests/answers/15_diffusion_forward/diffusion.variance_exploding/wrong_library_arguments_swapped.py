# breaks: each prior's distance from the true distribution of x_T, in nats | mistake: the wrong way round
import torch
from torch.distributions import Normal, kl_divergence


def ve_prior_gaps(mean, var, T, sigma):
    def normal(m, v):
        return Normal(torch.tensor(m, dtype=torch.float64), torch.tensor(v, dtype=torch.float64).sqrt())

    q = normal(mean, var + T * sigma**2)
    priors = {"noise": (0.0, T * sigma**2), "mean": (mean, T * sigma**2), "spread": (0.0, q.variance.item())}
    priors["both"] = (mean, q.variance.item())
    return {name: kl_divergence(normal(*prior), q).item() for name, prior in priors.items()}
