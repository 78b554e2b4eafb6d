import torch
from torch.nn.functional import one_hot


def pixel_log_p(levels, K, smoothing):
    counts = one_hot(levels, K).double().sum(0) + smoothing
    return counts.log() - counts.sum(1, keepdim=True).log()


def mixture_nats(levels, log_w, log_p):
    hot = one_hot(levels, log_p.shape[2]).to(log_p)
    return -(torch.einsum("ndk,cdk->nc", hot, log_p) + log_w).logsumexp(1)


def em_step(levels, log_w, log_p, smoothing):
    hot = one_hot(levels, log_p.shape[2]).to(log_p)
    r = (torch.einsum("ndk,cdk->nc", hot, log_p) + log_w).softmax(1)
    counts, mass = torch.einsum("nc,ndk->cdk", r, hot) + smoothing, r.sum(0) + smoothing
    return mass.log() - mass.sum().log(), counts.log() - counts.sum(2, keepdim=True).log()
