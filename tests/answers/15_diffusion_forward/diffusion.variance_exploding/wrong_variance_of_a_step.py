# breaks: the posterior's variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: sigma squared for its share
import torch


def ve_posterior(x0, xt, t, sigma):
    means, variances = [], []
    for x, z, n in zip(x0, xt, t.tolist()):
        means.append(z + (x - z) / n)
        variances.append(sigma * sigma)
    return torch.stack(means), torch.tensor(variances, dtype=x0.dtype, device=x0.device)
