# breaks: the logit of the best verdict is the log ratio of the densities | mistake: the ratio without its logarithm
import torch


def log_ratio(d):
    return d / (1 - d)


def log_p_data_from(d, log_p_model):
    return log_p_model + torch.logit(d)


def equal_verdicts():
    return [0.0, 0.0], [0.0, 3.0]
