import torch
from torch.distributions import Normal
from torch.nn.functional import logsigmoid


def log_p_generated(x, inverse):
    """The log-determinant by automatic differentiation, as in notebook 02, whatever inverse says of it."""
    if not x.requires_grad:
        x = x.clone().requires_grad_()
    z = inverse(x)[0]
    columns = [torch.autograd.grad(z[:, k].sum(), x, create_graph=True)[0] for k in range(z.shape[1])]
    logs = torch.linalg.slogdet(torch.stack(columns, dim=1))[1]
    return Normal(torch.zeros_like(z), torch.ones_like(z)).log_prob(z).sum(-1) + logs


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    x, _ = generate(z)
    loss = -logsigmoid(D(x)).mean()
    if weight > 0:
        loss = loss - weight * log_p_generated(x_real, inverse).mean()
    return loss.to(x_real.dtype)


def thin_generator():
    return [1.0, 0.0025]
