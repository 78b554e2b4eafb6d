# breaks: line 1 is one step: the signal from x_{t−1} and the newest noise | mistake: alpha where its root belongs
import torch


def unroll_once(x_prev, eps_new, alpha):
    beta = 1 - alpha
    return dict(signal=torch.mul(x_prev, alpha), new_noise=torch.mul(eps_new, beta))
