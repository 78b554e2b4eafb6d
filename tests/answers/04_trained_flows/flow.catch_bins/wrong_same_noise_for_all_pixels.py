# breaks: a bound that does not use the noise it is given is caught | mistake: one noise for the whole picture
import torch


def is_bound(implementation):
    levels = torch.arange(12.0).reshape(3, 4)
    u = torch.tensor([[0.2], [0.7], [0.9]]).expand(3, 4).clone()
    mean, std = torch.tensor([3.0, 8.0, 1.0, 5.0]), torch.tensor([2.0, 3.0, 1.5, 2.5])
    want = -torch.distributions.Normal(mean, std).log_prob(levels + u).sum(1)
    return bool((implementation(levels, u, mean, std) - want).abs().max() < 1e-2)
