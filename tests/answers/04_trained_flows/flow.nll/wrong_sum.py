# breaks: the loss is the mean of −log p(x): the base at z, plus the log-determinant of the way back | mistake: a sum over the batch
import math


def normal_base(z):
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(dim=1)


def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    return -(base(z) + ladj).sum()


def nll_per_dimension(x, inverse, base):
    return flow_nll(x, inverse, base) / x.shape[1]
