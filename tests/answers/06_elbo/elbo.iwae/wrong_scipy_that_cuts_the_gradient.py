# breaks: the gradient reaches every draw, by its share in the sum of the weights
import numpy as np
import torch
from scipy.special import logsumexp


def iwae(log_w):
    a = log_w.detach().cpu().numpy()
    return torch.from_numpy(logsumexp(a, axis=0) - np.log(a.shape[0])).to(log_w)


def effective_sample_size(log_w):
    a = log_w.detach().cpu().numpy()
    return torch.from_numpy(np.exp(logsumexp(a, axis=0) - logsumexp(2 * a, axis=0))).to(log_w)  # w not squared above
