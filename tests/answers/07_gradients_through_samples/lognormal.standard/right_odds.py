# e^x = s(x) / s(-x) with the logistic function s, in logarithms
import torch.nn.functional as F


def standard_lognormal(eps):
    return (F.logsigmoid(eps) - F.logsigmoid(-eps)).exp()
