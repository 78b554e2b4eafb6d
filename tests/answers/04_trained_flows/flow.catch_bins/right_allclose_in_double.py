import torch


def is_bound(implementation):
    g = torch.Generator().manual_seed(5)
    k = torch.randint(17, (40, 7), generator=g).double()
    u = torch.rand(40, 7, generator=g, dtype=torch.float64)
    m = torch.rand(7, generator=g, dtype=torch.float64) * 16
    s = torch.rand(7, generator=g, dtype=torch.float64) * 3 + 1
    want = -torch.distributions.Normal(m, s).log_prob(k + u).sum(1)
    return torch.allclose(implementation(k, u, m, s), want, rtol=1e-4, atol=1e-3)
