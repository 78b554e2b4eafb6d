# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it | mistake: one power too many
import torch


def unroll_all(x0, eps, alpha):
    signal, noises = x0, []
    for e in eps:
        noises.append((1 - alpha) ** 0.5 * e)
        signal, noises = alpha**0.5 * signal, [alpha**0.5 * n for n in noises]
    return {"signal": signal, "noise": torch.stack(noises)}
