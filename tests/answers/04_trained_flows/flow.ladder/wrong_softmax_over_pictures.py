# breaks: the new tables are frequencies in which each picture counts by its responsibility | mistake: responsibilities over the pictures
import torch


def pixel_log_p(levels, K, smoothing):
    counts = torch.stack([(levels == k).float().sum(0) for k in range(K)], dim=1)
    return ((counts + smoothing) / (len(levels) + K * smoothing)).log()


def joint(levels, log_w, log_p):
    pixels = torch.arange(levels.shape[1], device=levels.device)
    return log_w + torch.stack([table[pixels, levels].sum(1) for table in log_p], dim=1)


def mixture_nats(levels, log_w, log_p):
    return -torch.logsumexp(joint(levels, log_w, log_p), dim=1)


def em_step(levels, log_w, log_p, smoothing):
    r = torch.softmax(joint(levels, log_w, log_p), dim=0)
    C, D, K = log_p.shape
    mass = r.sum(0)
    counts = torch.stack([r.T @ (levels == k).to(r) for k in range(K)], dim=2)
    new_p = (counts + smoothing) / (mass[:, None, None] + K * smoothing)
    new_w = (mass + smoothing) / (len(levels) + C * smoothing)
    return new_w.log(), new_p.log()
