# breaks: the other loss pulls with 1 − D, which fades only where the generator has won | mistake: slopes in D, not in the logit
import torch


def generator_gradients(logit):
    d = torch.sigmoid(logit)
    return {"saturating": -0.5 / torch.sigmoid(-logit), "non_saturating": -1 / d}


def gradient_ratios(logit):
    return {"with_half": 2 * torch.exp(-logit), "plain": torch.exp(-logit)}


def two_states():
    return (0.0, 0.0), (0.0, -5.0)
