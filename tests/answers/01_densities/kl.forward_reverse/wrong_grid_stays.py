# breaks: it is finite and right where q lies far from every hill
import torch


def reverse_kl(mu, sigma, weights, mus, sigmas):
    x = torch.linspace(-10, 10, 2001, dtype=mu.dtype, device=mu.device)
    log_q = torch.distributions.Normal(mu, sigma).log_prob(x)
    hills = torch.distributions.Normal(mus, sigmas).log_prob(x[:, None]) + weights.log()
    return (log_q.exp() * (log_q - hills.logsumexp(1))).sum() * (x[1] - x[0])
