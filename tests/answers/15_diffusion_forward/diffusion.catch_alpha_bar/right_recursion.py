# the recursion, entry by entry, on random schedules that go up and down
import torch


def is_alpha_bar(implementation):
    for steps in (1, 2, 40, 500):
        for scale in (0.02, 0.4):
            beta = scale * torch.rand(steps, dtype=torch.float64)
            bars = torch.cat([torch.ones(1, dtype=torch.float64), implementation(beta)])
            if len(bars) != steps + 1:
                return False
            if not torch.allclose(bars[1:], (1 - beta) * bars[:-1], rtol=1e-4, atol=0):
                return False
    return True
