# breaks: however far x_t lies from all points, their shares are numbers that add up to one
import torch


def point_shares(xt, t, data, alpha_bar):
    kept = alpha_bar[t - 1][:, None]
    e = torch.exp(-((xt[:, None] - kept[..., None].sqrt() * data) ** 2).sum(2) / (2 * (1 - kept)))
    return e / e.sum(1, keepdim=True)
