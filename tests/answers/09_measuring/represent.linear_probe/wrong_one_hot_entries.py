# breaks: the accuracy is the share of samples whose largest output stands at their label
import torch


def fit_probe(features, labels, classes, ridge):
    T = torch.zeros(len(labels), classes).to(features)
    T[torch.arange(len(labels)), labels] = 1
    m, t = features.mean(0), T.mean(0)
    F = features - m
    W = torch.linalg.solve(F.T @ F + ridge * torch.eye(F.shape[1]).to(F), F.T @ (T - t))
    return W, t - m @ W


def probe_accuracy(features, labels, W, b):
    said = torch.nn.functional.one_hot((features @ W + b).argmax(1), W.shape[1])
    truth = torch.nn.functional.one_hot(labels, W.shape[1])
    return (said == truth).float().mean()
