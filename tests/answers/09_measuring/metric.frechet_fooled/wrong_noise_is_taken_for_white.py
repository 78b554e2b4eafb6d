# breaks: the mean of your points is the mean of the data, to the last digit | mistake: trusts the law of the noise
import torch


def fooling_gaussian(x, z):
    w, v = torch.linalg.eigh(torch.cov(x.T).reshape(x.shape[1], -1))
    return x.mean(0) + z @ (v * w.clamp(min=0).sqrt() @ v.T)
