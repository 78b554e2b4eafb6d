# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import torch
from torch.distributions import Normal, StudentT


def truncated_kl(nu, cut):
    u = torch.linspace(
        0, torch.asinh(torch.tensor(min(cut, 1e4), dtype=torch.float64)).item(), 20001, dtype=torch.float64
    )
    z = torch.sinh(u)
    log_t = StudentT(torch.tensor(nu, dtype=torch.float64)).log_prob(z)
    inside = log_t.exp() * (log_t - Normal(0.0, 1.0).log_prob(z)) * torch.cosh(u)
    return 2 * float(torch.trapezoid(inside, u))
