# the library's transforms; LogNormal.rsample does the same
from torch.distributions.transforms import AffineTransform, ExpTransform


def reparameterise_lognormal(eps, mu, sigma):
    z = eps
    for transform in (AffineTransform(loc=mu, scale=sigma), ExpTransform()):
        z = transform(z)
    return z
