# breaks: D* is right where the densities themselves are too small or too large for floats
import torch


def optimal_discriminator(log_p_data, log_p_model):
    finite = [torch.nan_to_num(v, neginf=-1e3).clamp(min=-1e3) for v in (log_p_data, log_p_model)]
    return torch.sigmoid(finite[0] - finite[1])
