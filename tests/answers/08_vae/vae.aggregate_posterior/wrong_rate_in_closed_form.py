# breaks: rate is the mean of log q(z | x_n) − log p(z) over all draws
import torch


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    each = torch.distributions.Normal(mu, sigma).log_prob(z[:, :, None, :]).sum(-1)
    own, mixed = each.diagonal(dim1=1, dim2=2), each.logsumexp(-1) - torch.log(torch.tensor(float(len(mu))))
    rate = 0.5 * (mu**2 + sigma**2 - 1 - 2 * sigma.log()).sum(1).mean()  # the closed form
    information = (own - mixed).mean()
    return {"rate": rate, "information": information, "marginal": rate - information}
