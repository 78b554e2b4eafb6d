import numpy as np
import torch


def gaussian_mle(x):
    a = x.cpu().double().numpy()
    return torch.tensor(a.mean(0)).to(x), torch.tensor(
        np.cov(a, rowvar=False, bias=True).reshape(a.shape[1], a.shape[1])
    ).to(x)


def gaussian_log_p(x, mu, cov):
    d = (x - mu).double()
    quadratic = (d * torch.linalg.solve(cov.double(), d.T).T).sum(1)
    return (-0.5 * (quadratic + torch.linalg.slogdet(cov.double())[1] + d.shape[1] * np.log(2 * np.pi))).to(x.dtype)
