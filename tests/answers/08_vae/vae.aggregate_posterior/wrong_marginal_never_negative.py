# breaks: marginal is the mean of log q(z) − log p(z): what a better prior could save
import math


def aggregate_log_density(z, mu, sigma):
    a = -0.5 * ((z[:, None] - mu) / sigma).square() - sigma.log() - 0.5 * math.log(2 * math.pi)
    return a.sum(-1).logsumexp(1) - math.log(len(mu))


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    c = 0.5 * math.log(2 * math.pi)
    own = (-0.5 * eps**2 - sigma.log() - c).sum(-1)
    p = (-0.5 * z**2 - c).sum(-1)
    q = aggregate_log_density(z.flatten(0, 1), mu, sigma).reshape(own.shape)
    return {"rate": (own - p).mean(), "information": (own - q).mean(), "marginal": (q - p).mean().clamp(min=0)}


def best_normal(mu, sigma):
    v = sigma.square().mean(0) + mu.var(0, correction=0)
    return {"mean": mu.mean(0), "std": v.sqrt()}
