import torch


def draw_terms(u, p):
    N = torch.ones(u.shape, dtype=torch.int64, device=u.device)
    alive = 1 - p
    for _ in range(2000):
        N = N + (1 - u < alive)
        alive = alive * (1 - p)
    return N


def roulette_ladj(powers, N, p):
    total, survive = torch.zeros_like(powers[0]), 1.0
    for k in range(1, N + 1):
        total = total + (1 if k % 2 else -1) * powers[k - 1] / (k * survive)
        survive *= 1 - p
    return total
