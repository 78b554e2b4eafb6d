# breaks: the kernel is exp(−‖x − y‖² / 2h²)


def kernel(x, y, h):
    """The square multiplied out: far from the origin three large numbers leave nothing of a small one."""
    lengths = [(v**2).sum(1) for v in (x, y)]
    squares = (lengths[0][:, None] + lengths[1] - 2 * (x @ y.T)).relu()
    return (-squares / (2 * h**2)).exp()


def mmd_unbiased(x, y, h):
    def within(v):
        n, k = len(v), kernel(v, v, h)
        return k.fill_diagonal_(0).sum() / (n * (n - 1))

    return (within(x) + within(y) - 2 * kernel(x, y, h).mean()).item()
