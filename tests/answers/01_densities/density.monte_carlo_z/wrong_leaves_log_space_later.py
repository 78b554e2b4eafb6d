# breaks: both are right where f or q is beyond all floats
import math


def importance_z(u, log_q):
    w = (u - log_q).exp()
    return {"log_z": w.mean().log(), "relative_error": w.std() / w.mean() / math.sqrt(len(w))}
