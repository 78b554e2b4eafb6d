# breaks: one step has mean a x_prev and standard deviation b | mistake: noise not scaled
import torch


def noising_step(x_prev, eps, a, b):
    x = a * x_prev.cpu().numpy() + eps.cpu().numpy()
    return torch.from_numpy(x).to(x_prev)
