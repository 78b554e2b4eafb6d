# breaks: log p_θ is the noise's log density at G⁻¹(x) plus the log-determinant of the way back | mistake: the noise's density at the data
import torch


def log_p_generated(x, inverse):
    normal = torch.distributions.Normal(torch.zeros_like(x), torch.ones_like(x))
    return normal.log_prob(x).sum(1) + inverse(x)[1]


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    return -torch.nn.functional.logsigmoid(D(generate(z)[0])).mean() - weight * log_p_generated(x_real, inverse).mean()


def thin_generator():
    return 1.0, 0.004
