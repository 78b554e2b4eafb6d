# breaks: the gap is the mean of log p − log q: what the model costs too much, in nats
import math


def paired_gap(log_p, log_q):
    d = log_q - log_p
    return {"gap": d.mean(), "error": d.std() / len(d) ** 0.5}


def better(log_a, log_b):
    d = log_a - log_b
    mean, error = float(d.mean()), float(d.std()) / math.sqrt(len(d))
    return 1 if mean > 2 * error else -1 if mean < -2 * error else 0
