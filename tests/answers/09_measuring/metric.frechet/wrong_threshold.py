# breaks: the third part is the trace of the matrix root of the product of the covariances
import torch


def frechet_terms(x, y):
    def cov(z):
        z = z - z.mean(0)
        return z.T @ z / (len(z) - 1)

    c, d = cov(x), cov(y)
    values, vectors = torch.linalg.eigh(c)
    half = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    found = torch.linalg.eigvalsh(half @ d @ half)
    found = found * (found > 1e-6)  # rounding
    return {
        "means": (x.mean(0) - y.mean(0)).square().sum(),
        "traces": c.trace() + d.trace(),
        "root": found.sqrt().sum(),
    }
