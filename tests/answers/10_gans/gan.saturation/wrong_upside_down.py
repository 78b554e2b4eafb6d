# breaks: the ratio of the two is (1 − D)/(½ D), and without the ½ in the first loss (1 − D)/D
import torch


def generator_gradients(logit):
    return {"saturating": -0.5 * torch.sigmoid(logit), "non_saturating": -torch.sigmoid(-logit)}


def gradient_ratios(logit):
    d = torch.sigmoid(logit)
    return {"with_half": 0.5 * d / (1 - d), "plain": d / (1 - d)}


def two_states():
    return (0.0, 0.0), (0.0, -5.0)
