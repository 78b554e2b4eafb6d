# breaks: an implementation that is right for some schedules only is caught | mistake: a single example
import torch


def is_alpha_bar(implementation):
    got = implementation(torch.tensor([0.1, 0.2, 0.5]))
    return torch.allclose(got, torch.tensor([0.9, 0.72, 0.36]), rtol=1e-4)
