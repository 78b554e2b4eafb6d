# breaks: log_z is the logarithm of the mean weight, where a weight is f over q | mistake: the proposal's weight is missing
import math

import torch


def importance_z(u, log_q):
    w = (u - u.max()).exp()
    return {"log_z": torch.logsumexp(u, 0) - math.log(len(u)), "relative_error": w.std() / math.sqrt(len(u)) / w.mean()}
