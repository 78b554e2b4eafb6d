# breaks: the density of the data comes from the verdict and the model's density together | mistake: log D taken for the log density
import torch


def log_ratio(d):
    return torch.logit(d)


def log_p_data_from(d, log_p_model):
    return torch.log(d)


def equal_verdicts():
    return [0.5, 0.0], [0.5, 4.0]
