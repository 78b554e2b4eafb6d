# breaks: the first part is the squared distance of the means
import torch


def frechet_terms(x, y):
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    a, b = (x - x.mean(0)) / (n - 1) ** 0.5, (y - y.mean(0)) / (n - 1) ** 0.5
    return {
        "means": ((x.mean(0) - y.mean(0)) ** 2).sum(),
        "traces": (a**2).sum() + (b**2).sum(),
        "root": torch.linalg.svdvals(a @ b.T).sum(),
    }


def frechet_limit(sizes, values):
    u = 1 / sizes.double()
    A = torch.stack([torch.ones_like(u), u], 1)
    return torch.linalg.lstsq(A, values.double()[:, None]).solution[0, 0]
