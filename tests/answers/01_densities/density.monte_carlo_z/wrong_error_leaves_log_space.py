# breaks: both are right where f or q is beyond all floats | mistake: only half in log space
import math

import torch


def importance_z(u, log_q):
    w = torch.exp(u - log_q)
    return {
        "log_z": float(torch.logsumexp(u - log_q, 0) - math.log(len(u))),
        "relative_error": float(w.std() / w.mean() / math.sqrt(len(u))),
    }
