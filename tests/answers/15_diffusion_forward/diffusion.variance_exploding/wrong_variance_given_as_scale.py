# breaks: each prior's distance from the true distribution of x_T, in nats | mistake: the variance given as a standard deviation
import torch
from torch.distributions import Normal, kl_divergence


def ve_prior_gaps(mean, var, T, sigma):
    mean, var = torch.tensor(mean, dtype=torch.float64), torch.tensor(var, dtype=torch.float64)
    noise = torch.full_like(var, T * sigma**2)
    q = Normal(mean, var + noise)
    priors = {
        "noise": (0 * mean, noise),
        "mean": (mean, noise),
        "spread": (0 * mean, var + noise),
        "both": (mean, var + noise),
    }
    return {name: float(kl_divergence(q, Normal(*prior))) for name, prior in priors.items()}
