import math

import torch


def draw_terms(u, p):
    return (torch.log(1 - u) / math.log(1 - p)).floor().to(torch.int64) + 1


def roulette_ladj(powers, N, p):
    k = torch.arange(len(powers), dtype=torch.float64, device=powers.device)
    weight = torch.where(k < N, torch.cos(math.pi * k) / ((k + 1) * (1 - p) ** k), 0.0)
    return weight.to(powers.dtype) @ powers
