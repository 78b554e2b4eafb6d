# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it | mistake: the noises in reverse order
import torch


def unroll_all(x0, eps, alpha):
    signal, noises = x0, []
    for e in eps.flip(0):
        signal = alpha**0.5 * signal
        noises = [alpha**0.5 * n for n in noises] + [(1 - alpha) ** 0.5 * e]
    return {"signal": signal, "noise": torch.stack(noises[::-1])}
