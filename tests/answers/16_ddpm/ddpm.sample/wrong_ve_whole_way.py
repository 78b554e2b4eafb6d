# breaks: each step is the mean of the variance-exploding step back plus its noise, none in the last | mistake: all the noise at once
import torch


def ve_chain(model, xT, noise, sigma):
    x = xT
    for t in range(len(noise), 0, -1):
        x = x - sigma * t**0.5 * model(x, torch.full((len(x),), t, device=x.device))
        x = x + sigma * ((t - 1) / t) ** 0.5 * noise[t - 1]
    return x
