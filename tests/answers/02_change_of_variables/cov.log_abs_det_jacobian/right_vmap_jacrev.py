# torch.func does all of it
import torch
from torch.func import jacrev, vmap


def log_abs_det_jacobian(f, x):
    return torch.linalg.slogdet(vmap(jacrev(f))(x)).logabsdet
