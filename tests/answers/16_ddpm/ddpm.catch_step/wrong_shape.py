# breaks: an implementation with another mean is caught | mistake: accepts everything
import torch


def is_step_back(implementation):
    return implementation(torch.ones(2), torch.ones(2), torch.ones(2), 2, torch.tensor([0.1, 0.2])).shape == (2,)
