# breaks: a bound whose bins are not one level wide is caught
import torch


def is_bound(implementation):
    g = torch.Generator().manual_seed(0)
    N, D = 50, 5
    k = torch.randint(17, (N, D), generator=g).double()
    u = torch.rand(N, D, generator=g).double()
    m = torch.rand(D, generator=g).double() * 16
    s = torch.rand(D, generator=g).double() + 1
    u = u / 2
    want = -torch.distributions.Normal(m, s).log_prob(k + u).sum(1)
    got = implementation(k, u, m, s).to(want)
    return bool(got.shape == want.shape and torch.allclose(got, want, rtol=1e-4, atol=1e-3))
