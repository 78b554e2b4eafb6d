# the sampler's line: the guess of x0 turned into one of the noise, and beta_tilde as variance
import math

import torch


def generate(guess, xT, noise, beta):
    betas = beta.tolist()
    kept, bars = 1.0, []
    for b in betas:
        kept *= 1 - b
        bars.append(kept)
    x = xT
    for t in range(len(betas), 0, -1):
        bar, before, b = bars[t - 1], bars[t - 2] if t > 1 else 1.0, betas[t - 1]
        x0 = guess(x, torch.tensor([t] * len(x), device=x.device))
        eps = (x - math.sqrt(bar) * x0) / math.sqrt(1 - bar)
        x = (x - b / math.sqrt(1 - bar) * eps) / math.sqrt(1 - b)
        x = x + math.sqrt(b * (1 - before) / (1 - bar)) * noise[t - 1]
    return x
