# breaks: a constant column becomes zero and leaves the others as they should be
import torch
from scipy.stats import zscore


def standardise(x):
    z = zscore(x.cpu().numpy(), axis=0)
    return torch.as_tensor(z).to(x)
