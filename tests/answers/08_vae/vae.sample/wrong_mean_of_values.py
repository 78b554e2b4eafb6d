# breaks: the mean is that of the levels 0 … 16 under the pixel's own probabilities | mistake: scaled to −1 … 1
import torch


def mean_pictures(z, log_probs):
    u = torch.arange(17).to(z) / 8 - 1
    return log_probs(z).exp() @ u
