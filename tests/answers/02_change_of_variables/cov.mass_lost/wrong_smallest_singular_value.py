# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included

import torch


def mass_kept(low, high):
    cdf = torch.special.ndtr
    return float((cdf(high.double()) - cdf(low.double())).prod())


def sigmoid_flow_mass(A):
    D = A.shape[0]
    if torch.linalg.svdvals(A).min() < 1e-4:
        return 0.0
    return mass_kept(torch.zeros(D), torch.ones(D))
