# gather, float64 inside, cast back
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = torch.gather(alpha_bar.double(), 0, t - 1).reshape(len(t), *(1 for _ in x0.shape[1:]))
    return (a.sqrt() * x0.double() + (1 - a).sqrt() * eps.double()).to(x0.dtype)
