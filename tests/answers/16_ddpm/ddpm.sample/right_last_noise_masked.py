import math

import torch


def ddpm_sample(model, xT, noise, beta, variance):
    kept, x = (1 - beta).log().cumsum(0).exp().tolist(), xT.clone()
    std = variance.sqrt().tolist()
    std[0] = 0.0
    steps = list(zip(beta.tolist(), kept, std, noise, range(1, len(beta) + 1)))
    for b, a, s, z, t in steps[::-1]:
        guess = model(x, torch.ones(len(x), dtype=torch.long, device=x.device) * t)
        x = (x - b / math.sqrt(1 - a) * guess) / math.sqrt(1 - b) + s * z
    return x


def ve_chain(model, xT, noise, sigma):
    x, t = xT, len(noise)
    while t:
        x = x + sigma * (
            math.sqrt(1 - 1 / t) * noise[t - 1]
            - model(x, torch.full_like(x.flatten(1)[:, 0] if x.dim() > 1 else x, t).long()) / math.sqrt(t)
        )
        t -= 1
    return x
