# breaks: b takes care of the means, without a penalty | mistake: the offset is penalised
import torch


def fit_probe(features, labels, classes, ridge):
    A = torch.cat([features, torch.ones(len(features), 1).to(features)], 1)
    T = torch.nn.functional.one_hot(labels, classes).to(features)
    S = torch.linalg.solve(A.T @ A + ridge * torch.eye(A.shape[1]).to(A), A.T @ T)
    return S[:-1], S[-1]


def probe_accuracy(features, labels, W, b):
    return ((features @ W + b).argmax(1) == labels).float().mean()
