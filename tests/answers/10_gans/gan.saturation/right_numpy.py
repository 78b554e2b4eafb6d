import numpy as np
import torch
from scipy.special import expit


def generator_gradients(logit):
    v = logit.double().cpu().numpy()
    return {
        "saturating": torch.tensor(-0.5 * expit(v)).to(logit),
        "non_saturating": torch.tensor(-expit(-v)).to(logit),
    }


def gradient_ratios(logit):
    odds = torch.tensor(np.exp(-logit.double().cpu().numpy())).to(logit)
    return {"plain": odds, "with_half": odds + odds}


def two_states():
    return np.array([0.0, 0.0]), np.array([-100.0, 0.0])
