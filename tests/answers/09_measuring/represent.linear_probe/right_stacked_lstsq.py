# least squares with the penalty as further rows
import torch


def fit_probe(features, labels, classes, ridge):
    N, D = features.shape
    A = torch.cat(
        [
            torch.cat([features, torch.ones(N, 1).to(features)], 1),
            torch.cat([ridge**0.5 * torch.eye(D), torch.zeros(D, 1)], 1).to(features),
        ]
    ).double()
    Y = torch.cat([torch.nn.functional.one_hot(labels, classes).double(), torch.zeros(D, classes).to(A)])
    S = torch.linalg.lstsq(A, Y, driver="gelsd").solution
    return S[:D].to(features), S[D].to(features)


def probe_accuracy(features, labels, W, b):
    return (torch.max(features @ W + b, 1).indices == labels).sum() / len(labels)
