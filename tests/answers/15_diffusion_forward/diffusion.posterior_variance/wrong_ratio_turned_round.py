# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: the ratio upside down
import numpy as np
import torch


def posterior_variance(beta):
    b = beta.cpu().numpy()
    bars = np.cumprod(1 - b)
    before = np.append(np.ones(1, b.dtype), bars[:-1])
    with np.errstate(divide="ignore"):
        variance = b * (1 - bars) / (1 - before)
    return torch.from_numpy(variance).to(beta)
