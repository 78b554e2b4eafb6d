# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal) | mistake: as a share of the draws
import torch


def effective_sample_size(log_w):
    w = torch.softmax(log_w, 0)
    return 1 / (w**2).mean(0) / len(w) ** 2
