# breaks: the shares are those of Bayes' rule over the training points | mistake: the wrong variance
import torch


def point_shares(xt, t, data, alpha_bar):
    kept = alpha_bar[t - 1]
    away = (xt[:, None] - kept.sqrt()[:, None, None] * data).pow(2).sum(-1)
    return torch.softmax(-away / (2 * torch.sqrt(1 - kept)[:, None]), dim=1)
