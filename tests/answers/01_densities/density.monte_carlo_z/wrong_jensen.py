# breaks: log_z is the logarithm of the mean weight, where a weight is f over q | mistake: mean of the logs
import math


def importance_z(u, log_q):
    a = u - log_q
    w = (a - a.max()).exp()
    return {"log_z": a.mean(), "relative_error": w.std() / math.sqrt(len(w)) / w.mean()}
