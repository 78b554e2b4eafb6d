# numpy's covariance with weights, in double precision
import numpy as np
import torch


def gradient_variances(f, mu, sigma, eps, weights):
    kind = mu
    mu, sigma, eps, weights = (v.double() for v in (mu, sigma, eps, weights))
    z = (mu + sigma * eps).requires_grad_()
    value = f(z)
    value.sum().backward()
    value, score, w = value.detach(), (z.detach() - mu) / sigma**2, weights.cpu().numpy()

    def var(g):
        cov = np.cov(g.T.cpu().numpy(), aweights=w, ddof=0)
        return torch.tensor(np.atleast_2d(cov).diagonal().copy()).to(kind)

    return {
        "score_function": var(value[:, None] * score),
        "with_baseline": var((value - (weights * value).sum())[:, None] * score),
        "reparameterise": var(z.grad),
    }
