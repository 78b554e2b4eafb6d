# breaks: line 7 inverts line 6: M takes each standard log-normal sample to the one at the same quantile
import torch


def solve_for_M(z, mu, sigma):
    power = z**sigma
    factor = torch.exp(mu * torch.ones_like(z)).mean()
    return {"power": power, "factor": factor, "M": torch.exp(torch.log(power) * mu)}
