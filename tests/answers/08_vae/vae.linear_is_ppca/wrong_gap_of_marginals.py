# breaks: independent_gap is what the best q with independent components lacks, for any W | mistake: the gap of the marginals
import torch


def independent_gap(W, s):
    C = torch.linalg.inv(torch.eye(W.shape[1]).to(W) + W.T @ W / s**2)
    return 0.5 * (C.diagonal().log().sum() - torch.logdet(C))
