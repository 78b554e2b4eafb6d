# breaks: the third part is the trace of the matrix root of the product of the covariances | mistake: singular values for eigenvalues
import torch


def frechet_terms(x, y):
    cx, cy = (torch.cov(z.T).reshape(z.shape[1], z.shape[1]) for z in (x, y))
    means, traces = (x.mean(0) - y.mean(0)).pow(2).sum(), cx.trace() + cy.trace()
    root = torch.linalg.svdvals(cx @ cy).sqrt().sum()
    return {"means": means, "traces": traces, "root": root}


def frechet_limit(sizes, values):
    u = (1 / sizes).to(values)
    slope = ((u - u.mean()) * (values - values.mean())).sum() / ((u - u.mean()) ** 2).sum()
    return values.mean() - slope * u.mean()
