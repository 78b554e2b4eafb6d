# breaks: each step is the mean of the variance-preserving step back plus its noise, none in the last | mistake: the model is told t − 1
import torch


def ddpm_sample(model, xT, noise, beta, variance):
    bars = torch.cumprod(1 - beta, 0)
    x = xT
    for t in range(len(beta), 0, -1):
        eps = model(x, torch.full((len(x),), t - 1, device=x.device))
        x = (x - beta[t - 1] / torch.sqrt(1 - bars[t - 1]) * eps) / torch.sqrt((1 - beta)[t - 1])
        if t > 1:
            x = x + variance[t - 1].sqrt() * noise[t - 1]
    return x
