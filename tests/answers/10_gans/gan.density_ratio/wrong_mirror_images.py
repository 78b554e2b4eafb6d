# breaks: both points get the same verdict, and the densities of the data there are 2 nats apart or more
import torch


def log_ratio(d):
    return torch.logit(d)


def log_p_data_from(d, log_p_model):
    return log_p_model + torch.logit(d)


def equal_verdicts():
    return [0.0, -3.0], [0.0, 3.0]
