# breaks: an implementation that shows a place its own value is caught | mistake: a rough tolerance
import torch

TOLERANCE = 0.05


def is_autoregressive(implementation):
    generator = torch.Generator().manual_seed(3)
    for B, D in ((1, 2), (3, 4), (5, 5), (4, 12)):
        heard = torch.ones(D, D, dtype=torch.bool).triu()
        for scale in (0.3, 1.0, 3.0, 10.0):
            x = scale * torch.randn(B, D, generator=generator, dtype=torch.float64)
            before = implementation(x)
            for row in range(B):
                for j in range(D):
                    for step in (scale, -scale):
                        other = x.clone()
                        other[row, j] += step
                        change = (implementation(other) - before).abs()
                        heard[:, j] |= change[row] > 1e-12
                        change[row, j + 1 :] = 0
                        if (change > TOLERANCE).any():
                            return False
        if not heard.all():
            return False
    return True
