# breaks: each step is the mean of the variance-exploding step back plus its noise, none in the last | mistake: the forward variance
import torch


def ve_chain(model, xT, noise, sigma):
    x = xT
    for t in range(len(noise), 0, -1):
        x = x - sigma / t**0.5 * model(x, torch.full((len(x),), t, device=x.device))
        if t > 1:
            x = x + sigma * noise[t - 1]
    return x
