# noise in place of z where it is known; the marginal is the rate less the information; two variances added
import math

import torch


def aggregate_log_density(z, mu, sigma):
    away = (z.unsqueeze(1) - mu.unsqueeze(0)) / sigma
    logs = -(away.square().sum(-1) + mu.shape[1] * math.log(2 * math.pi)) / 2 - sigma.log().sum(-1)
    return torch.logsumexp(logs - math.log(mu.shape[0]), dim=-1)


def rate_split(mu, sigma, eps):
    z = eps * sigma + mu
    rate = (z.square() - eps.square()).sum(-1) / 2 - sigma.log().sum(-1)
    own = -(eps.square() + math.log(2 * math.pi)).sum(-1) / 2 - sigma.log().sum(-1)
    information = torch.stack([o - aggregate_log_density(row, mu, sigma) for o, row in zip(own, z)])
    rate, information = rate.mean().item(), information.mean().item()
    return {"information": information, "marginal": rate - information, "rate": rate}


def best_normal(mu, sigma):
    between, within = torch.var(mu, dim=0, unbiased=False), torch.mean(sigma * sigma, dim=0)
    return dict(mean=torch.mean(mu, dim=0), std=torch.sqrt(between + within))
