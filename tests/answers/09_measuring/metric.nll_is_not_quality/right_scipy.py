# scipy and numpy
import numpy as np
import torch
from scipy.special import logsumexp


def diluted_log_p(log_p, log_noise, share):
    out = logsumexp(
        [log_p.double().cpu().numpy(), log_noise.double().cpu().numpy()], axis=0, b=np.array([[1 - share], [share]])
    )
    return torch.from_numpy(out).to(log_p)


def hidden_share(nats):
    return float(-np.expm1(-nats))


def memoriser_nll(train, test, sigma):
    a, b = train.double().cpu().numpy(), test.double().cpu().numpy()
    d2 = ((b[:, None] - a[None]) ** 2).sum(-1)
    D = a.shape[1]
    return float(
        np.mean(
            d2.shape[1] * 0
            + np.log(len(a))
            + D / 2 * np.log(2 * np.pi * sigma**2)
            - logsumexp(-d2 / (2 * sigma**2), axis=1)
        )
    )
