import math


def compose_forward(z, layers):
    points = [z]
    for forward, _ in layers:
        points.append(forward(points[-1])[0])
    return points[-1], sum(forward(at)[1] for (forward, _), at in zip(layers, points))


def compose_inverse(x, layers):
    z = x
    for _, inverse in layers[::-1]:
        z = inverse(z)[0]
    ladj, at = 0, x
    for _, inverse in layers[::-1]:
        ladj = ladj + inverse(at)[1]
        at = inverse(at)[0]
    return z, ladj


def flow_log_p(x, layers):
    z = compose_inverse(x, layers)[0]
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(1) - compose_forward(z, layers)[1]
