# breaks: log_z is the logarithm of the mean weight, where a weight is f over q
import math

import torch


def importance_z(u, log_q):
    p = torch.softmax(u - log_q, 0)
    return {"log_z": p.sum().log(), "relative_error": p.std() * math.sqrt(len(p))}
