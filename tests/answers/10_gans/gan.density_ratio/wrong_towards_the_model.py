# breaks: both points get the same verdict, and the densities of the data there are 2 nats apart or more | mistake: along the wrong axis
import torch


def log_ratio(d):
    return torch.logit(d)


def log_p_data_from(d, log_p_model):
    return log_p_model + torch.logit(d)


def equal_verdicts():
    return [-2.0, 1.0], [2.5, 1.0]
