# breaks: kl: the divergence in nats, one per item | mistake: the wrong way round
import math

from torch.distributions import Normal, kl_divergence


def prior_gap(x0, alpha_bar_T):
    d = x0.shape[1]
    m, s = math.sqrt(alpha_bar_T) * x0, math.sqrt(1 - alpha_bar_T)
    prior = Normal(0 * x0, 1 + 0 * x0)
    kl = kl_divergence(prior, Normal(m, s)).sum(1)
    return {"trace": d * s**2, "mean": (m**2).sum(1), "log_det": -2 * d * math.log(s), "kl": kl}
