# breaks: the p-value is the probability that coins do as well or better
import torch
from scipy.stats import binom


def two_sample_test(real, fake, k):
    half = len(real) // 2
    train, held = torch.cat([real[:half], fake[:half]]), torch.cat([real[half:], fake[half:]])
    fakes = torch.arange(len(held)) >= len(real) - half
    near = (held[:, None] - train).norm(dim=-1).argsort(1)[:, :k]
    right = int((((near >= half).sum(1) * 2 > k) == fakes).sum())
    return {"accuracy": right / len(held), "p_value": 1 - float(binom.cdf(right - 1, len(held), 0.5))}
