# breaks: the nats are those of the picture, averaged over the noise | mistake: a determinant that no float can hold
import math

import torch


def pixel_nats(pictures, mu, cov):
    d = pictures - mu
    P = torch.linalg.inv(cov)
    return (
        0.5 * (d @ P * d).sum(1)
        + 0.5 * torch.log(torch.det(cov))
        + len(mu) / 2 * math.log(2 * math.pi)
        + P.trace() / 24
    )
