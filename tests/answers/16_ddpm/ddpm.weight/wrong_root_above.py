# breaks: the mean is that of the posterior in which x0 is what x_t and eps make it | mistake: a root over the root
import torch


def mean_from_eps(xt, t, eps, beta):
    def each(values):
        return values[t - 1].view(-1, *[1] * (xt.dim() - 1))

    bars = torch.cumprod(1 - beta, 0)
    return (xt - each((beta / (1 - bars)).sqrt()) * eps) / each((1 - beta).sqrt())
