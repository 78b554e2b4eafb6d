# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: the misprint: alpha_bar_t under the root
import torch


def posterior(x0, xt, t, beta):
    bars = [1.0]
    for b in beta.tolist():
        bars.append(bars[-1] * (1 - b))
    means, variances = [], []
    for x, z, n in zip(x0, xt, t.tolist()):
        b, bar, before = float(beta[n - 1]), bars[n], bars[n - 1]
        means.append(before**0.5 * b / (1 - bar) * x + bar**0.5 * (1 - before) / (1 - bar) * z)
        variances.append((1 - before) / (1 - bar) * b)
    return torch.stack(means), torch.tensor(variances, dtype=x0.dtype, device=x0.device)
