import numpy as np
import torch


def value_plain(d_real, d_fake):
    real = np.log(d_real.detach().cpu().numpy()).mean()
    fake = np.log1p(-d_fake.detach().cpu().numpy()).mean()
    return torch.tensor(real + fake, dtype=d_real.dtype)


def value_half(d_real, d_fake):
    return value_plain(d_real, d_fake) / 2
