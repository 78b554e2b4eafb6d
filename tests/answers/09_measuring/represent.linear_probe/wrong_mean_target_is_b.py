# breaks: b takes care of the means, without a penalty | mistake: the mean target for the offset
import torch


def fit_probe(features, labels, classes, ridge):
    T = torch.zeros(len(labels), classes).to(features)
    T[torch.arange(len(labels)), labels] = 1
    m, t = features.mean(0), T.mean(0)
    F = features - m
    W = torch.linalg.solve(F.T @ F + ridge * torch.eye(F.shape[1]).to(F), F.T @ (T - t))
    return W, t


def probe_accuracy(features, labels, W, b):
    return ((features @ W + b).argmax(1) == labels).float().mean()
