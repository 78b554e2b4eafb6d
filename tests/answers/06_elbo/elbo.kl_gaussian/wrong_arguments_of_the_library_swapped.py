# breaks: kl: the divergence in nats, one per item, nought where q is the prior | mistake: the wrong way round
from torch.distributions import Normal, kl_divergence


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    q, p = Normal(mu, sigma), Normal(prior_mu, prior_sigma)
    trace = (p.variance / q.variance).sum(-1)
    mean = ((p.mean - q.mean) ** 2 / q.variance).sum(-1)
    log_det = (q.variance.log() - p.variance.log()).sum(-1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": kl_divergence(p, q).sum(-1)}
