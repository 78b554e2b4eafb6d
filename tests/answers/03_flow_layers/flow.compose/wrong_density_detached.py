# breaks: log p(x) is the log density of the noise at z = f⁻¹(x) plus the log-determinant of the way back
import math


def compose_forward(z, layers):
    total = z.new_zeros(len(z))
    for forward, _ in layers:
        z, ladj = forward(z)
        total = total + ladj
    return z, total


def compose_inverse(x, layers):
    total = x.new_zeros(len(x))
    for _, inverse in reversed(layers):
        x, ladj = inverse(x)
        total = total + ladj
    return x, total


def flow_log_p(x, layers):
    z, ladj = compose_inverse(x, layers)
    return (-0.5 * (z**2 + math.log(2 * math.pi)).sum(1) + ladj).detach()
