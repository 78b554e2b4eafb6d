# breaks: line 6 matches the arguments for M, and undoes the logarithm | mistake: solved for a, not for the inverse
import torch


def match_arguments_of_M(a, mu, sigma):
    forward = torch.exp(mu + 0 * a) * a**sigma
    return {"log_M_inverse": forward.log(), "M_inverse": forward}
