# breaks: b takes care of the means, without a penalty | mistake: the mean feature added
import torch


def fit_probe(features, labels, classes, ridge):
    targets = torch.nn.functional.one_hot(labels, classes).to(features)
    mean_f, mean_t = features.mean(0), targets.mean(0)
    F = features - mean_f
    W = torch.linalg.solve(F.T @ F + ridge * torch.eye(F.shape[1], dtype=F.dtype), F.T @ (targets - mean_t))
    return W, mean_t + mean_f @ W


def probe_accuracy(features, labels, W, b):
    return ((features @ W + b).argmax(1) == labels).double().mean()
