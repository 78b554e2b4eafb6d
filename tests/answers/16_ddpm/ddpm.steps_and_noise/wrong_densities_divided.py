# breaks: the mean of the step is that of Bayes' rule over all hills
# right until all densities are 0
from torch.distributions import Normal


def step_moments(x, before, sigma, weights, means, s):
    v, e = s**2 + before, sigma**2
    p = weights * Normal(means, (v + e) ** 0.5).log_prob(x[:, None]).float().exp()
    r = (p / p.sum(1, keepdim=True)).to(x)
    mu = (e * means + v * x[:, None]) / (v + e)
    mean = (r * mu).sum(1)
    return mean, v * e / (v + e) + (r * (mu - mean[:, None]) ** 2).sum(1)
