# breaks: best_scale is the s of the greatest likelihood
import torch


def best_scale(cov, d):
    return torch.linalg.eigvalsh(cov)[:-d].sqrt().mean()
