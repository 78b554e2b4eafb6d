# breaks: the saturating loss pulls at the logit with half of D, which fades where D is sure of the fake | mistake: slopes in D, not in the logit
import torch


def generator_gradients(logit):
    d = torch.sigmoid(logit)
    return {"saturating": -1 / (2 * (1 - d)), "non_saturating": -1 / d}


def gradient_ratios(logit):
    return {"with_half": 2 * torch.exp(-logit), "plain": torch.exp(-logit)}


def two_states():
    return (1.0, 1.0), (1.0, -7.0)
