# breaks: effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal) | mistake: the squares are missing
import torch


def effective_sample_size(log_w):
    return 1 / torch.linalg.vector_norm(torch.softmax(log_w, 0), dim=0)
