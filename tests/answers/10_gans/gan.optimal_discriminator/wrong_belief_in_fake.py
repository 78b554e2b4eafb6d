# breaks: D* is the data's share of the density at each point | mistake: the model's share
import torch


def optimal_discriminator(log_p_data, log_p_model):
    return 1 - torch.sigmoid(log_p_data - log_p_model)
