# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: a floor under the variance
# samplers take the logarithm of it, and keep it above 1e-20 for that
import torch


def posterior_variance(beta):
    gone = -torch.log1p(-beta).cumsum(0).expm1()
    before = torch.cat([gone.new_zeros(1), gone[:-1]])
    return (before / gone * beta).clamp(min=1e-20)
