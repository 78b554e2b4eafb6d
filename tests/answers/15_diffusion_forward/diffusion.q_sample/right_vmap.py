# one item's formula, mapped over the batch
import torch


def q_sample(x0, t, eps, alpha_bar):
    def one(x, e, a):
        return torch.addcmul(a.sqrt() * x, (1 - a).sqrt(), e)

    return torch.vmap(one)(x0, eps, alpha_bar[t - 1])
