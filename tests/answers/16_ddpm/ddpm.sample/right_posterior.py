import torch


def ddpm_sample(model, xT, noise, beta, variance):
    bars = torch.cat([torch.ones_like(beta[:1]), torch.cumprod(1 - beta, 0)])
    x = xT
    for k in reversed(range(len(beta))):
        now, before = bars[k + 1], bars[k]
        eps = model(x, torch.full((x.shape[0],), k + 1, dtype=torch.int64, device=x.device))
        x0 = (x - (1 - now).sqrt() * eps) / now.sqrt()
        x = (before.sqrt() * beta[k] * x0 + (1 - beta[k]).sqrt() * (1 - before) * x) / (1 - now)
        x = x if k == 0 else x + torch.sqrt(variance[k]) * noise[k]
    return x


def ve_chain(model, xT, noise, sigma):
    x = xT
    for t in range(noise.shape[0], 0, -1):
        x0 = x - t**0.5 * sigma * model(x, torch.full((x.shape[0],), t, device=x.device))
        x = ((t - 1) * x + x0) / t + (sigma**2 * (t - 1) / t) ** 0.5 * noise[t - 1]
    return x
