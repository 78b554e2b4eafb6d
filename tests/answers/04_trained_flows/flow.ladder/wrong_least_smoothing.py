# breaks: the table holds smoothed frequencies, pixel by pixel
import torch
from torch.nn.functional import one_hot


def pixel_log_p(levels, K, smoothing):
    s = max(smoothing, 0.01)
    return ((one_hot(levels, K).sum(0) + s) / (len(levels) + K * s)).log()


def joint_log_p(levels, log_w, log_p):
    hot = one_hot(levels, log_p.shape[2]).to(log_p)
    return log_w + torch.einsum("ndk,cdk->nc", hot, log_p)


def mixture_nats(levels, log_w, log_p):
    return -joint_log_p(levels, log_w, log_p).logsumexp(1)


def em_step(levels, log_w, log_p, smoothing):
    C, D, K = log_p.shape
    r = joint_log_p(levels, log_w, log_p).softmax(1)
    n = r.sum(0)
    w = (n + smoothing) / (len(levels) + C * smoothing)
    counts = torch.einsum("nc,ndk->cdk", r, one_hot(levels, K).to(r))
    return w.log(), ((counts + smoothing) / (n[:, None, None] + K * smoothing)).log()
