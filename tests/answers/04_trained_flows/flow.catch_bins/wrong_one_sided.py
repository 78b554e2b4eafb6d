# breaks: a bound whose bins are not one level wide is caught | mistake: only too cheap is wrong
import torch


def is_bound(implementation):
    """A bound may not promise too much."""
    dice = torch.Generator().manual_seed(3)
    levels, u = torch.randint(17, (4, 5), generator=dice).double(), torch.rand(4, 5, generator=dice).double()
    mean, std = 4 * torch.ones(5).double(), 3 * torch.ones(5).double()
    truth = -torch.distributions.Normal(mean, std).log_prob(levels + u).sum(1)
    return bool((implementation(levels, u, mean, std) >= truth - 1e-3).all())
