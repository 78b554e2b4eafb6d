# breaks: without noise each step is the posterior's mean for the guess, from t = T down to t = 1
import torch


def generate(guess, xT, noise, beta):
    now = torch.cumprod(1 - beta, 0)
    before = torch.cat([now.new_ones(1), now[:-1]])
    on_x0 = before.sqrt() * beta / (1 - now)
    on_xt = (1 - beta).sqrt() * (1 - before) / (1 - now)
    spread = ((1 - before) / (1 - now) * beta).sqrt()
    x = xT
    for step in range(len(beta), 0, -1):
        t = torch.full((len(x),), step, device=x.device)
        a, b, s = (
            values[t - 1] for values in (on_x0, on_xt, spread)
        )  # (B,): lines up with the last axis, not the first
        x = a * guess(x, t) + b * x + s * noise[step - 1]
    return x
