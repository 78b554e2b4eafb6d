# breaks: an implementation that is wrong where little of the signal is left is caught
import torch


def is_alpha_bar(implementation):
    torch.manual_seed(0)
    for steps in (1, 5, 300):
        beta = 0.3 * torch.rand(steps)
        got = implementation(beta)
        want = torch.ones(())
        for t in range(steps):
            want = want * (1 - beta[t])
            if abs(got[t] - want) > 2e-3:
                return False
    return True
