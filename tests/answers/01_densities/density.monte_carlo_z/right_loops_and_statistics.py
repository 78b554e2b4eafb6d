import math
import statistics


def importance_z(u, log_q):
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist())]
    top = max(logs)
    w = [math.exp(value - top) for value in logs]
    mean = statistics.fmean(w)
    return {"relative_error": statistics.stdev(w) / math.sqrt(len(w)) / mean, "log_z": top + math.log(mean)}


def weight_variance(s):
    left = 2 - 1 / s**2
    return s / math.sqrt(left) - 1 if left > 0 else math.inf


def lying_scale():
    return 1 / 8
