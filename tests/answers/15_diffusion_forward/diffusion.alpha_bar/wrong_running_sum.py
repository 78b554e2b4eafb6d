# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t | mistake: a sum where a product belongs
import torch


def alpha_bar(beta):
    lost, kept = 0.0, []
    for b in beta:
        lost = lost + b
        kept.append(1 - lost)
    return torch.stack(kept)
