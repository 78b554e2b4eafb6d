# Normal(float, float) computes in torch's default type
from torch.distributions import Normal, kl_divergence


def ve_prior_gaps(mean, var, T, sigma):
    noise = T * sigma**2
    q = Normal(mean, (var + noise) ** 0.5)
    priors = {
        "noise": Normal(0.0, noise**0.5),
        "mean": Normal(mean, noise**0.5),
        "spread": Normal(0.0, (var + noise) ** 0.5),
        "both": Normal(mean, (var + noise) ** 0.5),
    }
    return {name: kl_divergence(q, prior).item() for name, prior in priors.items()}
