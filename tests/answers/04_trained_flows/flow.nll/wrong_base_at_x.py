# breaks: the loss is the mean of −log p(x): the base at z, plus the log-determinant of the way back | mistake: the base asked at x
import math


def normal_base(z):
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(dim=1)


def flow_nll(x, inverse, base):
    return -(base(x) + inverse(x)[1]).mean()


def nll_per_dimension(x, inverse, base):
    return flow_nll(x, inverse, base) / x.shape[1]
