# breaks: independent_gap is what the best q with independent components lacks, for any W | mistake: the logarithm of a determinant
import torch


def independent_gap(W, s):
    L = torch.eye(W.shape[1]).to(W) + W.T @ W / s**2
    return 0.5 * (L.diagonal().prod().log() - torch.linalg.det(L).log())
