# float64 inside and out
import torch


def iwae(log_w):
    K = torch.tensor(log_w.size(0), dtype=torch.float64, device=log_w.device)
    return (log_w.double().logsumexp(0) - K.log()).to(log_w)


def effective_sample_size(log_w):
    share = torch.log_softmax(log_w.double(), dim=0).exp()
    return (torch.linalg.vector_norm(share, dim=0) ** -2).to(log_w)
