# breaks: elbo_sampled: with q the posterior, every single draw gives log p(x) itself | mistake: the density of eps for that of z
from torch.distributions import Normal


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    z, noise = mu + sigma * eps, Normal(0.0, 1.0)
    log_q = noise.log_prob(eps).sum(-1)  # the density of the noise: z has that over sigma
    return (Normal(z @ W.T + b, s).log_prob(x).sum(-1) + noise.log_prob(z).sum(-1) - log_q).mean(0)
