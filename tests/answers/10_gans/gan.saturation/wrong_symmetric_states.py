# breaks: the losses of both players add up to another number in the second state, by 1 nat or more
import torch


def generator_gradients(logit):
    return {"saturating": -0.5 * torch.sigmoid(logit), "non_saturating": -torch.sigmoid(-logit)}


def gradient_ratios(logit):
    return {"with_half": 2 * torch.exp(-logit), "plain": torch.exp(-logit)}


def two_states():
    return (2.0, 0.5), (2.0, -0.5)
