# the library's transform
from torch.distributions import ExpTransform


def standard_lognormal(eps):
    return ExpTransform()(eps)
