# breaks: kl: the divergence in nats, one per item | mistake: bits for nats
import math


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace, mean = d * (1 - alpha_bar_T), alpha_bar_T * (x0**2).sum(1)
    log_det = d * math.log(1 - alpha_bar_T)
    kl = 0.5 * (trace + mean - d - log_det) / math.log(2)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": kl}
