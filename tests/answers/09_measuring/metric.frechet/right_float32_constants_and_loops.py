# eigenvalues of the product itself (they are real), loops, a float32 constant
import torch


def covariance(x):
    m = sum(x) / len(x)
    return sum(torch.outer(row - m, row - m) for row in x) / torch.tensor(len(x) - 1.0)


def frechet_terms(x, y):
    cx, cy = covariance(x.double()), covariance(y.double())
    lam = torch.linalg.eigvals(cx @ cy).real.clamp(min=0)
    mx, my = x.double().mean(0), y.double().mean(0)
    return {"means": torch.dist(mx, my) ** 2, "traces": torch.trace(cx) + torch.trace(cy), "root": lam.sqrt().sum()}


def frechet_limit(sizes, values):
    n = len(sizes)
    u = [1.0 / float(s) for s in sizes]
    v = [float(t) for t in values]
    mu, mv = sum(u) / n, sum(v) / n
    c = sum((a - mu) * (b - mv) for a, b in zip(u, v)) / sum((a - mu) ** 2 for a in u)
    return mv - c * mu
