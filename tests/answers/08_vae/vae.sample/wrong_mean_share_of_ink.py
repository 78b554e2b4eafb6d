# breaks: the mean is that of the levels 0 … 16 under the pixel's own probabilities | mistake: a share of the largest level
import torch


def mean_pictures(z, log_probs):
    p = log_probs(z).exp()
    return p @ torch.linspace(0, 1, 17).to(p)
