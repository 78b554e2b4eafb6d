# breaks: the logit of the best verdict is the log ratio of the densities | mistake: upside down
import torch


def log_ratio(d):
    return torch.log(1 - d) - torch.log(d)


def log_p_data_from(d, log_p_model):
    return log_p_model - log_ratio(d)


def equal_verdicts():
    return [0.0, 0.0], [0.0, 3.0]
