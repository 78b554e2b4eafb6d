# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: alpha_bar for one minus it
import torch


def posterior_variance(beta):
    before, variances = 1.0, []
    for b in beta:
        now = before * (1 - b)
        variances.append(before / now * b)
        before = now
    return torch.stack(variances)
