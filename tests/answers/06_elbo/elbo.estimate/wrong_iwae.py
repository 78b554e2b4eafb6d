# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: the logarithm of the mean weight
import math

from torch.distributions import Normal


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    z = mu + sigma * eps
    log_w = Normal(z @ W.T + b, s).log_prob(x).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_w = log_w - Normal(mu, sigma).log_prob(z).sum(-1)
    return log_w.logsumexp(0) - math.log(len(eps))  # tighter than what is asked
