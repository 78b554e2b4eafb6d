# breaks: kl: the divergence in nats, one per item | mistake: the log-determinant upside down
import math


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    trace, mean = d * (1 - alpha_bar_T), alpha_bar_T * x0.square().sum(dim=1)
    log_det = d * math.log(1 - alpha_bar_T)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": 0.5 * (trace + mean - d + log_det)}
