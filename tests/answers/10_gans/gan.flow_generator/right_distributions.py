import torch
from torch.distributions import MultivariateNormal
from torch.nn.functional import binary_cross_entropy_with_logits


def log_p_generated(x, inverse):
    z, ladj = inverse(x)
    mean = torch.zeros(z.shape[1], dtype=z.dtype, device=z.device)
    return MultivariateNormal(mean, torch.eye(z.shape[1], dtype=z.dtype, device=z.device)).log_prob(z) + ladj


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    logits = D(generate(z)[0])
    adversarial = binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    return adversarial + weight * -log_p_generated(x_real, inverse).mean()


def thin_generator():
    return (-1, 1e-3)
