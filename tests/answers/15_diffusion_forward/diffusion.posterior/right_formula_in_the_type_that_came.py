# the formula with indexing, in the input's own type
import torch


def posterior(x0, xt, t, beta):
    alpha = 1 - beta
    bar = alpha.cumprod(0)
    before = torch.nn.functional.pad(bar, (1, 0), value=1.0)[:-1]
    shape = x0.shape[:1] + (1,) * (x0.ndim - 1)
    on_x0 = (before.sqrt() * beta / (1 - bar))[t - 1].reshape(shape)
    on_xt = (alpha.sqrt() * (1 - before) / (1 - bar))[t - 1].reshape(shape)
    return torch.addcmul(on_x0 * x0, on_xt, xt), ((1 - before) / (1 - bar) * beta)[t - 1]
