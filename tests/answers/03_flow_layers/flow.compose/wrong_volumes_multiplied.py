# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself
def compose_forward(z, layers):
    ladj = 1
    for forward, _ in layers:
        z, more = forward(z)
        ladj = ladj * more
    return z, ladj
