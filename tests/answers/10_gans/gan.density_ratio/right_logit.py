import torch


def log_ratio(d):
    return torch.logit(d)


def log_p_data_from(d, log_p_model):
    return log_p_model + torch.logit(d)


def equal_verdicts():
    return torch.tensor([0.3, -1.0]), torch.tensor([0.3, 5.0])
