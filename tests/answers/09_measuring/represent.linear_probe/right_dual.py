# the dual form: a kernel matrix of the samples
import torch


def fit_probe(features, labels, classes, ridge):
    X = features.double()
    T = torch.nn.functional.one_hot(labels, num_classes=classes).double()
    Xc = X - X.mean(dim=0)
    alpha = torch.linalg.solve(Xc @ Xc.T + ridge * torch.eye(len(X)).to(X), T - T.mean(dim=0))
    W = Xc.T @ alpha
    return W.to(features), (T.mean(dim=0) - X.mean(dim=0) @ W).to(features)


def probe_accuracy(features, labels, W, b):
    hits = 0
    for f, y in zip(features, labels):
        hits += int(torch.argmax(W.T @ f + b) == y)
    return hits / len(labels)
