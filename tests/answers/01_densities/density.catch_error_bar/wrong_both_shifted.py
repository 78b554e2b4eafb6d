# breaks: an implementation that breaks where f or q is beyond all floats is caught | mistake: f and q moved alike
import torch


def is_relative_error(implementation):
    for shift in (0.0, 800.0):
        u, q = torch.randn(6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
        w = (u - q).exp()
        want = float(w.std() / w.mean() / 6**0.5)
        if not abs(float(implementation(u + shift, q + shift)) - want) < 1e-3 * want:
            return False
    return True
