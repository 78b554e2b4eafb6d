# breaks: every step of the chain takes the guess at its own time, and variance beta_t | mistake: beta where alpha_bar belongs
import torch


def sample_by_heart(xT, noise, data, beta):
    kept, x = torch.cumprod(1 - beta, 0), xT
    for i in range(len(beta) - 1, -1, -1):
        a = beta[i]
        w = torch.softmax(-((x[:, None] - a.sqrt() * data) ** 2).sum(2) / (2 * (1 - a)), 1)
        eps = (x - a.sqrt() * (w @ data)) / (1 - a).sqrt()
        x = (x - beta[i] / (1 - kept[i]).sqrt() * eps) / (1 - beta[i]).sqrt()
        if i > 0:
            x = x + beta[i].sqrt() * noise[i]
    return x
