# everything in loops, one backward per sample
import torch


def reparameterise(mu, log_var, eps):
    shape = torch.broadcast_shapes(mu.shape, log_var.shape, eps.shape)
    entries = zip(*(v.expand(shape).reshape(-1) for v in (mu, log_var, eps)), strict=True)
    return torch.stack([m + torch.exp(v) ** 0.5 * e for m, v, e in entries]).reshape(shape)


def pathwise_terms(f, mu, sigma, eps):
    rows_mu, rows_sigma = [], []
    for e in eps:
        m, s = mu.clone().requires_grad_(), sigma.clone().requires_grad_()
        f((m + s * e).unsqueeze(0)).squeeze(0).backward()
        rows_mu.append(m.grad)
        rows_sigma.append(s.grad)
    return torch.stack(rows_mu), torch.stack(rows_sigma)
