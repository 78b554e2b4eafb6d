# einsum does the broadcasting
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = torch.index_select(alpha_bar, 0, t - 1)
    signal, noise = torch.sqrt(a), torch.sqrt(1 - a)
    return torch.einsum("b,b...->b...", signal, x0) + torch.einsum("b,b...->b...", noise, eps)
