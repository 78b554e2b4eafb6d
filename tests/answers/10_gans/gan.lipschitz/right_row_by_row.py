import torch


def w1_line(x, y):
    from scipy.stats import wasserstein_distance

    return torch.tensor(wasserstein_distance(x.cpu().numpy(), y.cpu().numpy())).to(x)


def one_slope(critic, row):
    row = row if row.requires_grad else row.requires_grad_()
    return torch.autograd.grad(critic(row[None])[0], row, create_graph=True)[0]


def gradient_penalty(critic, x_real, x_fake, u):
    rows = [t * a + (1 - t) * b for t, a, b in zip(u, x_real, x_fake)]
    return torch.stack([(one_slope(critic, row).norm() - 1) ** 2 for row in rows]).mean()


def r1_penalty(critic, x_real):
    return torch.stack([one_slope(critic, row).square().sum() for row in x_real.unbind()]).mean()
