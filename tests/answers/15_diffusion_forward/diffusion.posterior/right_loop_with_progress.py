# item by item with Python floats and a progress bar; a list of two
import torch
from tqdm import trange


def posterior(x0, xt, t, beta):
    betas = beta.tolist()
    mean, variance = torch.empty_like(x0), x0.new_empty(len(x0))
    for i in trange(len(x0), desc="items"):
        bar, before = 1.0, 1.0
        for b in betas[: int(t[i])]:
            before, bar = bar, bar * (1 - b)
        mean[i] = before**0.5 * b / (1 - bar) * x0[i] + (1 - b) ** 0.5 * (1 - before) / (1 - bar) * xt[i]
        variance[i] = b * (1 - before) / (1 - bar)
    return mean, variance
