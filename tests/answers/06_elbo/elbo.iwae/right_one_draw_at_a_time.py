# logaddexp in a loop over the draws; the effective size from shares in numpy
import math

import numpy as np
import torch


def iwae(log_w):
    total = log_w[0]
    for row in log_w[1:]:
        total = torch.logaddexp(total, row)
    return total - math.log(log_w.shape[0])


def effective_sample_size(log_w):
    a = log_w.detach().cpu().double().numpy()
    share = np.exp(a - a.max(axis=0))
    share /= share.sum(axis=0)
    return torch.from_numpy(1 / np.sum(share**2, axis=0)).to(log_w)
