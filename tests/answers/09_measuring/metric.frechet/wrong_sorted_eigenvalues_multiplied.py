# breaks: the third part is the trace of the matrix root of the product of the covariances
import torch


def frechet_terms(x, y):
    cx, cy = torch.cov(x.T).reshape(x.shape[1], -1), torch.cov(y.T).reshape(x.shape[1], -1)
    rx, ry = torch.linalg.eigvalsh(cx).clamp(min=0).sqrt(), torch.linalg.eigvalsh(cy).clamp(min=0).sqrt()
    return {"means": ((x.mean(0) - y.mean(0)) ** 2).sum(), "traces": cx.trace() + cy.trace(), "root": (rx * ry).sum()}


def frechet_limit(sizes, values):
    u = 1 / sizes.double()
    A = torch.stack([torch.ones_like(u), u], 1)
    return torch.linalg.lstsq(A, values.double()[:, None]).solution[0, 0]
