# breaks: the accuracy is the share of held-out samples that the vote gets right | mistake: judged on what it was trained on
import torch
from scipy.stats import binom


def two_sample_test(real, fake, k):
    h = len(real) // 2
    train = torch.cat([real[:h], fake[:h]])
    held = torch.cat([real[:h], fake[:h]])
    d = torch.cdist(held, train, compute_mode="donot_use_mm_for_euclid_dist")
    near = d.argsort(1)[:, :k]
    said = (near >= h).sum(1) * 2 > k
    n = len(held)
    truth = torch.cat([torch.zeros(n // 2), torch.ones(n // 2)]).bool()
    right = int((said == truth).sum())
    return {"accuracy": right / n, "p_value": float(binom.sf(right - 1, n, 0.5))}
