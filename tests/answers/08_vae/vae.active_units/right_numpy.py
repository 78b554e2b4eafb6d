# numpy, with n below the line
import numpy as np
import torch


def active_units(mu, threshold):
    spread = np.var(mu.detach().cpu().double().numpy(), axis=0)
    found = {"active": spread > threshold, "spread": spread}
    return {name: torch.from_numpy(value).to(mu.device) for name, value in found.items()}
