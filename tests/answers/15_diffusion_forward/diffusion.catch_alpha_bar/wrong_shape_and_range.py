# breaks: an implementation with another formula in place of the product is caught
import torch


def is_alpha_bar(implementation):
    beta = torch.full((20,), 0.05)
    out = implementation(beta)
    return out.shape == beta.shape and bool(((out > 0) & (out < 1)).all())
