import math

import torch


def broken_axiom(P):
    M = len(P)
    events = torch.arange(M, device=P.device)
    A, B = events[:, None], events[None]
    gap = (P[A | B] - P[A] - P[B]).abs()
    bad = torch.nonzero((A & B == 0) & (gap > 1e-6))
    if abs(float(P[-1]) - 1) > 1e-6:
        return torch.tensor([2], device=P.device)
    if len(bad):
        return torch.tensor([3, *bad[0].tolist()], device=P.device)
    negative = torch.nonzero(P < -1e-6)
    return torch.tensor([1, int(negative[0])], device=P.device) if len(negative) else []


def too_much(f, mass):
    if f == "x^2":
        return [-mass, mass]
    if f == "exp(x)":
        return [-100, 6]
    if f == "1":
        return [0, 2 * mass]
    return [0, math.exp(mass + 0.5)] if f == "1/(1+|x|)" else []
