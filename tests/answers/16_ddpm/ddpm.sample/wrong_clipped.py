# breaks: with the exact denoiser of normal data the variance-preserving chain has its law in closed form | mistake: x0 clipped
import torch


def ddpm_sample(model, xT, noise, beta, variance):
    bars = torch.cat([torch.ones_like(beta[:1]), torch.cumprod(1 - beta, 0)])
    x = xT
    for t in reversed(range(1, len(beta) + 1)):
        times = torch.full((len(x),), t, device=x.device)
        guess = (x - (1 - bars[t]).sqrt() * model(x, times)) / bars[t].sqrt()
        guess = guess.clamp(-1, 1)
        b = beta[t - 1]
        x = (bars[t - 1].sqrt() * b * guess + (1 - b).sqrt() * (1 - bars[t - 1]) * x) / (1 - bars[t])
        if t > 1:
            x = x + variance[t - 1].sqrt() * noise[t - 1]
    return x
