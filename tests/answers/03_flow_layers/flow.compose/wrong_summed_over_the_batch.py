# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: one log-determinant for the whole batch
def compose_forward(z, layers):
    ladj = z.new_zeros(len(z))
    for forward, _ in layers:
        z, more = forward(z)
        ladj = ladj + more.sum()
    return z, ladj
