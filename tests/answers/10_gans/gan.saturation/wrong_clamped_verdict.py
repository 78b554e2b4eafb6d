# breaks: the saturating loss pulls at the logit with half of D, which fades where D is sure of the fake
import torch


def generator_gradients(logit):
    d = torch.sigmoid(logit).clamp(1e-4, 1 - 1e-4)
    return {"saturating": -0.5 * d, "non_saturating": d - 1}


def gradient_ratios(logit):
    return {"with_half": 2 * torch.exp(-logit), "plain": torch.exp(-logit)}


def two_states():
    return (0.0, 0.0), (0.0, -5.0)
