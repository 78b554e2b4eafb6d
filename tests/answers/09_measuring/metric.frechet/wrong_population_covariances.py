# breaks: the second part is the sum of both traces, each with its own sample's n − 1 | mistake: divided by n
import torch


def frechet_terms(x, y):
    cx = torch.cov(x.T, correction=0).reshape(x.shape[1], -1)
    cy = torch.cov(y.T, correction=0).reshape(x.shape[1], -1)
    root = torch.linalg.eigvals(cx @ cy).real.clamp(min=0).sqrt().sum()
    return {"means": ((x.mean(0) - y.mean(0)) ** 2).sum(), "traces": cx.trace() + cy.trace(), "root": root}


def frechet_limit(sizes, values):
    u = 1 / sizes.double()
    A = torch.stack([torch.ones_like(u), u], 1)
    return torch.linalg.lstsq(A, values.double()[:, None]).solution[0, 0]
