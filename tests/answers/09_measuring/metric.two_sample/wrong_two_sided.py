# breaks: the p-value is the probability that coins do as well or better | mistake: two-sided
import torch
from scipy.stats import binom


def two_sample_test(real, fake, k):
    h = len(real) // 2
    train = torch.cat([real[:h], fake[:h]])
    held = torch.cat([real[h:], fake[h:]])
    d = torch.cdist(held, train, compute_mode="donot_use_mm_for_euclid_dist")
    near = d.argsort(1)[:, :k]
    said = (near >= h).sum(1) * 2 > k
    n = len(held)
    truth = torch.cat([torch.zeros(n // 2), torch.ones(n // 2)]).bool()
    right = int((said == truth).sum())
    return {"accuracy": right / n, "p_value": min(1.0, 2 * float(binom.sf(right - 1, n, 0.5)))}
