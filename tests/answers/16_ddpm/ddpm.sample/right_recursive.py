import torch


def ddpm_sample(model, xT, noise, beta, variance):
    T = len(beta)
    if T == 0:
        return xT
    t = torch.tensor([T] * len(xT), device=xT.device)
    step = xT - beta[-1] * (1 - torch.prod(1 - beta)) ** -0.5 * model(xT, t)
    step = step * (1 - beta[-1]) ** -0.5
    if T > 1:
        step = step + variance[-1] ** 0.5 * noise[-1]
    return ddpm_sample(model, step, noise[:-1], beta[:-1], variance[:-1])


def ve_chain(model, xT, noise, sigma):
    T = len(noise)
    if T == 0:
        return xT
    t = torch.tensor([T] * len(xT), device=xT.device)
    return ve_chain(
        model, xT - sigma / T**0.5 * model(xT, t) + sigma * (1 - 1 / T) ** 0.5 * noise[-1], noise[:-1], sigma
    )
