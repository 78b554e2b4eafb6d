import torch


def optimal_discriminator(log_p_data, log_p_model):
    return torch.exp(log_p_data - torch.logaddexp(log_p_data, log_p_model))
