# breaks: a bound that forgets or miscounts a change of volume is caught | mistake: always 64 pixels
import torch


def is_bound(implementation):
    g = torch.Generator().manual_seed(0)
    N, D = 50, 64
    k = torch.randint(17, (N, D), generator=g).double()
    u = torch.rand(N, D, generator=g).double()
    m = torch.rand(D, generator=g).double() * 16
    s = torch.rand(D, generator=g).double() + 1

    want = -torch.distributions.Normal(m, s).log_prob(k + u).sum(1)
    got = implementation(k, u, m, s).to(want)
    return bool(got.shape == want.shape and torch.allclose(got, want, rtol=1e-4, atol=1e-3))
