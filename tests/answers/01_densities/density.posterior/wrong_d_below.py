# breaks: the pixels' probabilities are (ones + 1) over (pictures of the class + 2)
import torch


def fit_naive_bayes(x, y, classes):
    member = torch.nn.functional.one_hot(y, classes).to(x)
    n = member.sum(0)
    return (n / len(y)).log(), (member.T @ x + 1) / (member.T @ x).sum(1, keepdim=True).add(x.shape[1])
