# breaks: every right implementation is accepted, however it is written | mistake: equal to the last bit
import torch


def is_alpha_bar(implementation):
    for beta in (torch.tensor([0.1, 0.2, 0.5]), torch.linspace(1e-4, 0.02, 1000)):
        if not (implementation(beta) == torch.cumprod(1 - beta, dim=0)).all():
            return False
    return True
