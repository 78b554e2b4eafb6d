# breaks: line 4 gets log p(x) and the posterior from the joint alone | mistake: exponentiated too early
import torch


def evidence(dz, log_joint):
    joint = torch.exp(log_joint)
    px = torch.dot(dz, joint)
    return {"log_px": torch.log(px), "log_posterior": torch.log(torch.div(joint, px))}
