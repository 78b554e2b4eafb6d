import torch


def gradients(x, y):
    x, y = x.detach().clone().requires_grad_(), y.detach().clone().requires_grad_()
    return torch.autograd.grad((x * y).sum(), (x, y))


def simultaneous_step(x, y, eta):
    gx, gy = gradients(x, y)
    return x - eta * gx, y + eta * gy


def alternating_step(x, y, eta):
    x = x - eta * gradients(x, y)[0]
    return x, y + eta * gradients(x, y)[1]


def extragradient_step(x, y, eta):
    gx, gy = gradients(*simultaneous_step(x, y, eta))
    return x - eta * gx, y + eta * gy


def radius_factors(eta):
    start = torch.tensor(1.0, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
    found = {"simultaneous": simultaneous_step, "extragradient": extragradient_step}
    return {name: torch.stack(f(*start, eta)).norm() for name, f in found.items()}


def invariant(x, y, eta):
    return x.square() - eta * (x * y) + y.square()
