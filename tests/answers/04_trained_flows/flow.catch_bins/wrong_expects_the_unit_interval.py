# breaks: every right bound is accepted, in whatever units it was computed | mistake: refuses everything
import torch


def is_bound(implementation):
    """Gives the model in units of [0, 1]."""
    levels, u = torch.tensor([[0.0, 3.0], [7.0, 1.0]]), torch.tensor([[0.1, 0.9], [0.7, 0.3]])
    mean, std = torch.tensor([0.2, 0.5]), torch.tensor([0.1, 0.3])
    want = -torch.distributions.Normal(mean, std).log_prob((levels + u) / 17).sum(1)
    return torch.allclose(implementation(levels, u, mean, std), want, rtol=1e-3)
