# breaks: the ratio of the two is (1 − D)/(½ D), and without the ½ in the first loss (1 − D)/D | mistake: a guard in the denominator
import torch


def generator_gradients(logit):
    return {"saturating": -0.5 * torch.sigmoid(logit), "non_saturating": -torch.sigmoid(-logit)}


def gradient_ratios(logit):
    d = torch.sigmoid(logit)
    return {"with_half": (1 - d) / (0.5 * d + 1e-8), "plain": (1 - d) / (d + 1e-8)}


def two_states():
    return (0.0, 0.0), (0.0, -5.0)
