import torch
from torch.distributions import Independent, Normal


def point_shares(xt, t, data, alpha_bar):
    a = alpha_bar[t - 1].view(-1, 1, 1)
    each = Independent(Normal(a.sqrt() * data[None], torch.sqrt(1 - a)), 1)
    log_p = each.log_prob(xt.unsqueeze(1))
    return torch.exp(log_p - torch.logsumexp(log_p, dim=1, keepdim=True))


def perfect_guess(xt, t, data, alpha_bar):
    # the mean of the noises that each point would need
    a = alpha_bar[t - 1].view(-1, 1, 1)
    needed = (xt[:, None] - a.sqrt() * data) / (1 - a).sqrt()
    return (point_shares(xt, t, data, alpha_bar)[..., None] * needed).sum(1)


def sample_by_heart(xT, noise, data, beta):
    kept = torch.cumprod(1 - beta, dim=0)

    class Model:
        def __call__(self, x, t):
            return perfect_guess(x, t, data, kept)

    return ddpm(Model(), xT, noise, beta)


def ddpm(model, x, noise, beta):
    kept = torch.cumprod(1 - beta, dim=0)
    for k in reversed(range(len(beta))):
        t = torch.full((x.shape[0],), k + 1, dtype=torch.int64, device=x.device)
        x = (x - beta[k] / (1 - kept[k]) ** 0.5 * model(x, t)) / (1 - beta[k]) ** 0.5 + (k > 0) * beta[
            k
        ] ** 0.5 * noise[k]
    return x
