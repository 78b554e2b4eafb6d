# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: only one layer's log-determinant
def compose_forward(z, layers):
    for forward, _ in layers:
        z, ladj = forward(z)
    return z, ladj


def compose_inverse(x, layers):
    for _, inverse in reversed(layers):
        x, ladj = inverse(x)
    return x, ladj
