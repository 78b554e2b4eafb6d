# breaks: the arguments come back as they were given


def bisect(rising, y, low, high):
    for _ in range(80):
        middle = (low + high) / 2
        small = rising(middle) < y
        low[small] = middle[small]
        high[~small] = middle[~small]
    return (low + high) / 2
