# breaks: the new tables are frequencies in which each picture counts by its responsibility | mistake: the product taken before the logarithm
import torch


def em_step(levels, log_w, log_p, smoothing):
    C, D, K = log_p.shape
    j = log_w.exp() * log_p[:, torch.arange(D), levels].exp().prod(2).T
    r = j / j.sum(1, keepdim=True)
    hot = torch.nn.functional.one_hot(levels, K).to(log_p)
    counts = torch.einsum("nc,ndk->cdk", r, hot) + smoothing
    return ((r.sum(0) + smoothing) / (len(r) + C * smoothing)).log(), (counts / counts.sum(2, keepdim=True)).log()
