# breaks: the shares are those of Bayes' rule over the training points | mistake: √alpha_bar missing
import torch


def point_shares(xt, t, data, alpha_bar):
    away = (xt[:, None] - data).pow(2).sum(-1)
    return torch.softmax(-away / (2 * (1 - alpha_bar[t - 1]))[:, None], dim=1)


def perfect_guess(xt, t, data, alpha_bar):
    kept = alpha_bar[t - 1][:, None]
    return (xt - kept.sqrt() * (point_shares(xt, t, data, alpha_bar) @ data)) / (1 - kept).sqrt()
