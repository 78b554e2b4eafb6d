# breaks: the result is of the type that the docstring promises


def integer_frequencies(p, total):
    f = 1 + (p.double() * (total - p.shape[-1])).floor().int()
    missing = (total - f.sum(-1, keepdim=True)).int()
    return f.scatter_add(-1, p.argmax(-1, keepdim=True), missing)
