# breaks: an implementation with another divergence, or with its sign turned, is caught | mistake: a rough tolerance
import torch


def is_nelbo(implementation):
    def ref(levels, mu, sigma, eps, W, b):
        z = mu + sigma * eps
        t = (torch.einsum("pkd,bd->bpk", W, z) + b).log_softmax(-1)
        return -t.gather(-1, levels[..., None])[..., 0].sum(1) + (0.5 * (sigma**2 + mu**2 - 1) - sigma.log()).sum(1)

    g = torch.Generator().manual_seed(7)

    def r(*s):
        return torch.randn(*s, generator=g, dtype=torch.float64)

    for B, P, d in ((3, 5, 2), (4, 7, 3), (2, 9, 4)):
        lev = torch.randint(0, 17, (B, P), generator=g)
        a = (lev, r(B, d), r(B, d).exp(), r(B, d), r(P, 17, d), r(P, 17))
        try:
            got = implementation(*[t.clone() for t in a])
        except Exception:
            return False
        want = ref(*a)
        if tuple(got.shape) != (B,) or not torch.allclose(got.double(), want, rtol=0.1, atol=0.5):
            return False
    return True
