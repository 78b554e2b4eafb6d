# breaks: there is one mask of shape (out, in), of zeros and ones, for every layer of weights


def made_masks(order, degrees):
    a = [order, *degrees]
    return [(u[:, None] >= l[None]) for l, u in zip(a, a[1:])] + [(order[:, None] > a[-1][None])]
