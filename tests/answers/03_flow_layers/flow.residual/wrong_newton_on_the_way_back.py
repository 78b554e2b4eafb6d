# breaks: with few steps, inverse is where just these lead from x | mistake: steps without n
import torch


def _jacobian(f, z):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    return torch.stack([torch.autograd.grad(y[:, i].sum(), z, create_graph=True)[0] for i in range(z.shape[1])], dim=1)


def residual_forward(z, f, n):
    J = _jacobian(f, z)
    powers = [J]
    for _ in range(n - 1):
        powers.append(powers[-1] @ J)
    traces = torch.stack([power.diagonal(dim1=1, dim2=2).sum(1) for power in powers])
    signs = torch.tensor([(-1.0) ** k / (k + 1) for k in range(n)], dtype=z.dtype, device=z.device)
    return z + f(z), signs @ traces


def residual_inverse(x, f, n):
    z, eye = x, torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    for _ in range(n + 2):
        z = (x - f(z)).detach()
    for _ in range(2):
        z = (z - torch.linalg.solve(eye + _jacobian(f, z), z + f(z) - x)).detach()
    return z, -residual_forward(z, f, n)[1]
