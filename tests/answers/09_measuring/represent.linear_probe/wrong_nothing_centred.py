# breaks: W is the ridge solution for centred features and targets | mistake: no centring
import torch


def fit_probe(features, labels, classes, ridge):
    T = torch.zeros(len(labels), classes).to(features)
    T[torch.arange(len(labels)), labels] = 1
    m, t = features.mean(0), T.mean(0)
    F = features
    W = torch.linalg.solve(F.T @ F + ridge * torch.eye(F.shape[1]).to(F), F.T @ T)
    return W, t - m @ W


def probe_accuracy(features, labels, W, b):
    return ((features @ W + b).argmax(1) == labels).float().mean()
