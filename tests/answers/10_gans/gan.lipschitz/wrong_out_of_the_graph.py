# breaks: a penalty can itself be differentiated: its gradient reaches what the slope depends on | mistake: no gradient comes back


def _slope(critic, x):
    x = x.detach().clone().requires_grad_()
    critic(x).sum().backward()
    return x.grad


def w1_line(x, y):
    return (x.sort()[0] - y.sort()[0]).abs().mean()


def gradient_penalty(critic, x_real, x_fake, u):
    x = x_fake + u[:, None] * (x_real - x_fake)
    return (_slope(critic, x).norm(dim=1) - 1).square().mean()


def r1_penalty(critic, x_real):
    return _slope(critic, x_real).square().sum(1).mean()
