# the information from the share that the own encoder has
import math

import torch


def aggregate_log_density(z, mu, sigma):
    a = (sigma**-2).T
    quad = ((z[:, None, :] - mu[None]).square() * a.T).sum(2)
    logs = -0.5 * quad - sigma.log().sum(1) - mu.shape[1] / 2 * math.log(2 * math.pi)
    return -torch.log(torch.tensor(float(len(mu)), dtype=mu.dtype)) + torch.logsumexp(logs, dim=1)


def rate_split(mu, sigma, eps):
    z = (mu + sigma * eps).reshape(-1, mu.shape[1])
    which = torch.arange(len(mu)).repeat(len(eps))
    logs = torch.distributions.Normal(mu, sigma).log_prob(z[:, None]).sum(2)
    own = logs[torch.arange(len(z)), which]
    information = (logs.log_softmax(1)[torch.arange(len(z)), which] + math.log(len(mu))).mean()
    prior = torch.distributions.MultivariateNormal(torch.zeros_like(mu[0]), torch.eye(mu.shape[1]).to(mu)).log_prob(z)
    rate = (own - prior).mean()
    return {"marginal": rate - information, "information": information, "rate": rate}


def best_normal(mu, sigma):
    mean = mu.sum(0) / len(mu)
    return {"std": (sigma**2 + (mu - mean) ** 2).mean(0) ** 0.5, "mean": mean}
