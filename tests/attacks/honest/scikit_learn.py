import torch
from sklearn.preprocessing import StandardScaler


def standardise(x):
    return torch.tensor(StandardScaler().fit_transform(x.numpy())).to(x)
