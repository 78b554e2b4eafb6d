import math

import torch


def is_affine_density(implementation):
    def right(x, A, b):
        z = (torch.linalg.inv(A) @ (x - b).T).T
        return -0.5 * z.pow(2).sum(-1) - len(b) / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]

    torch.manual_seed(2)
    for D in (1, 2, 5, 240):
        for scale in (0.03, 1.0):
            for sign in (1, -1):
                A = scale * (torch.eye(D) + 0.3 * torch.randn(D, D) / D**0.5).double()
                A[0] *= sign
                b, x = torch.randn(D).double(), torch.randn(D + 2, D).double()
                got, want = implementation(x, A, b), right(x, A, b)
                good = (got - want).abs() <= 2e-4 * want.abs().clamp(min=0.1)
                if got.shape != want.shape or not good.all():
                    return False
    return True
