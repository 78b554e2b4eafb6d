# breaks: line 4 gets log p(x) and the posterior from the joint alone | mistake: exponentiated too early
import numpy as np
import torch


def evidence(dz, log_joint):
    joint = np.exp(log_joint.cpu().numpy())
    log_px = torch.tensor(np.log((dz.cpu().numpy() * joint).sum())).to(log_joint)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}
