# the factors in float32, whatever came in: right to single precision
import torch


def q_sample(x0, t, eps, alpha_bar):
    bars = alpha_bar.tolist()
    signal = torch.tensor([bars[i - 1] ** 0.5 for i in t.tolist()], device=x0.device)
    noise = torch.tensor([(1 - bars[i - 1]) ** 0.5 for i in t.tolist()], device=x0.device)
    trailing = (-1,) + (1,) * (x0.dim() - 1)
    return signal.view(trailing) * x0 + noise.view(trailing) * eps
