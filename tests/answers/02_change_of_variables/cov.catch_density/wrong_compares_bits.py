# breaks: every right implementation is accepted, however it is written
import math

import torch


def is_affine_density(implementation):
    generator = torch.Generator().manual_seed(0)
    for D in (1, 2, 4):
        A = torch.randn(D, D, generator=generator)
        b, x = torch.randn(D, generator=generator), torch.randn(6, D, generator=generator)
        z = torch.linalg.solve(A, (x - b).T).T
        want = -0.5 * (z**2).sum(1) - 0.5 * D * math.log(2 * math.pi) - torch.linalg.slogdet(A).logabsdet
        if not torch.equal(implementation(x, A, b), want):
            return False
    return True
