# breaks: line 6 matches the arguments for M, and undoes the logarithm
import torch


def match_arguments_of_M(a, mu, sigma):
    log_m = torch.log(a) - mu / sigma
    return {"log_M_inverse": log_m, "M_inverse": torch.exp(log_m)}
