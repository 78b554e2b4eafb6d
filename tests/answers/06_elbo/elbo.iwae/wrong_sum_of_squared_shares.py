# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal) | mistake: upside down
import torch


def effective_sample_size(log_w):
    return torch.softmax(log_w, 0).square().sum(0)
