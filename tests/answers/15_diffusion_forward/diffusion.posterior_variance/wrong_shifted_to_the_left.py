# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: one step late
import torch


def posterior_variance(beta):
    bar = [1.0]
    for b in beta.tolist():
        bar.append(bar[-1] * (1 - b))
    tilde = [b * (1 - bar[i]) / (1 - bar[i + 1]) for i, b in enumerate(beta.tolist())]
    return torch.tensor(tilde[1:] + tilde[-1:], dtype=beta.dtype, device=beta.device)
