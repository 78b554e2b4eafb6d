# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t | mistake: the product of the betas
import numpy as np
import torch


def alpha_bar(beta):
    return torch.from_numpy(np.multiply.accumulate(beta.cpu().numpy())).to(beta)
