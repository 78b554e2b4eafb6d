# breaks: noise[t − 1] comes in at step t, with the standard deviation of the posterior | mistake: the forward variance
import torch


def per_item(v, like):
    return v.reshape(-1, *[1] * (like.dim() - 1))


def q_posterior(x0, xt, t, beta):
    ab = torch.cumprod(1 - beta, 0)
    ab_prev = torch.cat([beta.new_ones(1), ab[:-1]])
    b, a, p = (per_item(v[t - 1], xt) for v in (beta, ab, ab_prev))
    mean = p.sqrt() * b / (1 - a) * x0 + (1 - b).sqrt() * (1 - p) / (1 - a) * xt
    return mean, ((1 - p) / (1 - a) * b).reshape(-1)


def generate(guess, xT, noise, beta):
    x = xT
    for n in range(len(beta), 0, -1):
        t = torch.full((len(x),), n, dtype=torch.int64)
        pass
        mean, variance = q_posterior(guess(x, t), x, t, beta)
        x = mean + per_item(beta[t - 1], x).sqrt() * (n > 1) * noise[n - 1]
        pass
    return x
