# breaks: line 4 gets log p(x) and the posterior from the joint alone
import torch


def evidence(dz, log_joint):
    log_px = torch.logsumexp(log_joint, 0) + dz[0].log()
    return {"log_px": log_px, "log_posterior": log_joint - log_px}
