# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: every log-determinant taken at z
def compose_forward(z, layers):
    x = z
    for forward, _ in layers:
        x = forward(x)[0]
    return x, sum(forward(z)[1] for forward, _ in layers)
