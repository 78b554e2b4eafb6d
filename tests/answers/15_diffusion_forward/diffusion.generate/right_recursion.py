# by calling itself, precisions added, in float64
import torch


def generate(guess, xT, noise, beta):
    T = len(beta)
    if T == 0:
        return xT
    b = beta.double()
    x0 = guess(xT, torch.full((xT.shape[0],), T, dtype=torch.int64, device=xT.device)).double()
    signal = torch.prod(1 - b[:-1])
    if T == 1:
        return x0.to(xT.dtype)
    precision = (1 - b[-1]) / b[-1] + 1 / (1 - signal)
    mean = ((1 - b[-1]).sqrt() / b[-1] * xT.double() + signal.sqrt() / (1 - signal) * x0) / precision
    step = mean + noise[-1].double() / precision.sqrt()
    return generate(guess, step.to(xT.dtype), noise[:-1], beta[:-1])
