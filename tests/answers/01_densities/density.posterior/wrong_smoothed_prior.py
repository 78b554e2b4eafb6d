# breaks: the prior is the share of each class among the samples
import torch


def fit_naive_bayes(x, y, classes):
    member = torch.nn.functional.one_hot(y, classes).to(x)
    n = member.sum(0)
    return ((n + 1) / (len(y) + classes)).log(), (member.T @ x + 1) / (n[:, None] + 2)
