# breaks: the arguments come back as they were given
import torch


def posterior_variance(beta):
    kept = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    return beta.mul_((1 - before) / (1 - kept))
