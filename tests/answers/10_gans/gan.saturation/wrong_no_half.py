# breaks: the saturating loss pulls at the logit with half of D, which fades where D is sure of the fake | mistake: the ½ of the first loss is forgotten
import torch


def generator_gradients(logit):
    return {"saturating": -torch.sigmoid(logit), "non_saturating": torch.sigmoid(logit) - 1}


def gradient_ratios(logit):
    return {"with_half": 2 * torch.exp(-logit), "plain": torch.exp(-logit)}


def two_states():
    return (0.0, 0.0), (0.0, -5.0)
