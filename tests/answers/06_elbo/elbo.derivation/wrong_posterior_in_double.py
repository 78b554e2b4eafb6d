# breaks: the result is of the type that the docstring promises
import torch


def evidence(dz, log_joint):
    log_joint = log_joint.double()
    log_px = torch.logsumexp(log_joint + dz.double().log(), 0)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}
