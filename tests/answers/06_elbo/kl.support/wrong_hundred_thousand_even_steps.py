# breaks: truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits
import torch
from torch.distributions import Normal, StudentT


def truncated_kl(nu, cut):
    z = torch.linspace(-cut, cut, 100_000, dtype=torch.float64)
    t = StudentT(torch.tensor(nu, dtype=torch.float64))
    return torch.trapezoid(t.log_prob(z).exp() * (t.log_prob(z) - Normal(0.0, 1.0).log_prob(z)), z).item()
