# breaks: elbo is reconstruction less kl, and so lies below log p(x) by KL(q ‖ p(z | x)) on average | mistake: the divergence is added
from torch.distributions import Normal, kl_divergence


def elbo_terms(x, mu, sigma, eps, W, b, s):
    log_p = Normal((mu + sigma * eps) @ W.T + b, s).log_prob(x).sum(-1)
    kl = kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum(-1)
    return {"reconstruction": log_p.mean(0), "kl": kl, "elbo": log_p.mean(0) + kl}
