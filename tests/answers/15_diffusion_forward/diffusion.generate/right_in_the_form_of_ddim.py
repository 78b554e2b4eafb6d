import torch


def generate(guess, xT, noise, beta):
    kept = [torch.ones((), dtype=beta.dtype, device=beta.device)]
    for b in beta:
        kept.append(kept[-1] * (1 - b))
    x, t = xT.clone(), len(beta)
    while t:
        x0 = guess(x, torch.empty(len(x), dtype=torch.int64, device=x.device).fill_(t))
        if t == 1:
            x = x0
        else:
            # ddim form: x_{t-1} = sqrt(prev) x0 + sqrt(1 - prev - v) eps + sqrt(v) noise
            now, prev = kept[t], kept[t - 1]
            v = (1 - prev) / (1 - now) * beta[t - 1]
            eps = (x - now.sqrt() * x0) / (1 - now).sqrt()
            x = prev.sqrt() * x0 + (1 - prev - v).clamp_min(0).sqrt() * eps + v.sqrt() * noise[t - 1]
        t -= 1
    return x
