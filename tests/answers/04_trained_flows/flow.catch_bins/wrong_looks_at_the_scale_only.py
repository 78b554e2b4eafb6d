# breaks: a bound whose bins are not one level wide is caught
import torch


def is_bound(implementation):
    """Within two nats per pixel is near enough."""
    dice = torch.Generator().manual_seed(3)
    levels, u = torch.randint(17, (4, 5), generator=dice).double(), torch.rand(4, 5, generator=dice).double()
    mean, std = 8 * torch.ones(5).double(), 6 * torch.ones(5).double()
    truth = -torch.distributions.Normal(mean, std).log_prob(levels + u).sum(1)
    return bool((implementation(levels, u, mean, std) - truth).abs().max() < 2)
