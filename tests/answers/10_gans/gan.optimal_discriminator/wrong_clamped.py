# breaks: where only one of the two has density, D* is 0 or 1 | mistake: kept away from 0 and 1
import torch


def optimal_discriminator(log_p_data, log_p_model):
    return torch.sigmoid(log_p_data - log_p_model).clamp(0.001, 0.999)
