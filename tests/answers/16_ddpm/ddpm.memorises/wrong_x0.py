# breaks: the guess is the mean of the noise given x_t: no other guess pays less | mistake: the clean point in place of the noise
import torch


def perfect_guess(xt, t, data, alpha_bar):
    kept = alpha_bar[t - 1][:, None]
    away = ((xt[:, None] - kept[..., None].sqrt() * data) ** 2).sum(2)
    return torch.softmax(-away / (2 * (1 - kept)), 1) @ data
