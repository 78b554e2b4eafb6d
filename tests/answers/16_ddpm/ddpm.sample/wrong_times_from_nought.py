# breaks: each step is the mean of the variance-preserving step back plus its noise, none in the last | mistake: times counted from 0
import torch


def ddpm_sample(model, xT, noise, beta, variance):
    kept, x = (1 - beta).cumprod(0), xT
    for t in reversed(range(len(beta))):
        guess = model(x, torch.full((len(x),), t))
        x = (x - beta[t - 1] / (1 - kept[t - 1]).sqrt() * guess) / (1 - beta[t - 1]).sqrt()
        if t > 0:
            x = x + variance[t - 1].sqrt() * noise[t - 1]
    return x


def ve_chain(model, xT, noise, sigma):
    x = xT
    for t in range(len(noise), 0, -1):
        x = x - sigma / t**0.5 * model(x, torch.full((len(x),), t)) + sigma * ((t - 1) / t) ** 0.5 * noise[t - 1]
    return x
