# breaks: the mean is that of the levels 0 … 16 under the pixel's own probabilities | mistake: levels counted from 1
import torch


def mean_pictures(z, log_probs):
    return (log_probs(z).exp() * torch.arange(1, 18).to(z)).sum(-1)
