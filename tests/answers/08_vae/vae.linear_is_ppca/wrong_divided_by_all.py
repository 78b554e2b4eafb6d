# breaks: best_scale is the s of the greatest likelihood | mistake: a mean over all directions
import torch


def best_scale(cov, d):
    lam = torch.linalg.svdvals(cov)
    return (lam[d:].sum() / len(lam)).sqrt()
