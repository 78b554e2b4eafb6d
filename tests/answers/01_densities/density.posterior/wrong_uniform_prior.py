# breaks: the prior is the share of each class among the samples | mistake: every class is as likely
import torch


def fit_naive_bayes(x, y, classes):
    member = torch.nn.functional.one_hot(y, classes).to(x)
    n = member.sum(0)
    return -torch.full_like(n, classes).log(), (member.T @ x + 1) / (n[:, None] + 2)
