# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal) | mistake: exponentiated too early
import numpy as np
import torch


def effective_sample_size(log_w):
    w = np.exp(log_w.detach().cpu().numpy())
    return torch.from_numpy(w.sum(axis=0) ** 2 / (w * w).sum(axis=0)).to(log_w)
