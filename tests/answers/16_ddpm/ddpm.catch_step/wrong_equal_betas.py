# breaks: an implementation that looks up another step is caught | mistake: equal betas
import torch


def is_step_back(implementation):
    for b, T in ((0.15, 3), (0.4, 4)):
        beta = torch.full((T,), b)
        for t in range(1, T + 1):
            kept = (1 - b) ** t
            x, e, z = torch.tensor([[0.4, -1.5, 2.0], [-1.0, 0.3, 0.8], [1.2, 0.5, -0.9]])
            want = (x - b / (1 - kept) ** 0.5 * e) / (1 - b) ** 0.5
            if t > 1:
                want = want + b**0.5 * z
            if (implementation(x, e, z, t, beta) - want).abs().max() > 1e-3:
                return False
    return True
