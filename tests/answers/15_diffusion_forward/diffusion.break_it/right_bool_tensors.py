# 0-d tensors for the step and the truth values, a list of 0-d tensors for the schedule
import torch


def first_bad_root(beta):
    bad = torch.where(torch.cumprod(torch.sign(1 - beta), 0) < 0)[0]
    return None if bad.numel() == 0 else bad.min() + 1


def positive_again():
    return list(torch.tensor([0.1, 1.5, 0.1, 1.9]))


def still_works(beta, t):
    works = (1 - beta[t - 1]).ne(0)
    return {
        "eps_loss": torch.tensor(True),
        "x0_hat": torch.prod(1 - beta[:t]).ne(0),
        "sampler": works,
        "elbo_weight": works,
    }
