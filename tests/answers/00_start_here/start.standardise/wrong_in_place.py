# breaks: the arguments come back as they were given


def standardise(x):
    constant = (x == x[0]).all(0)
    x -= x.mean(0)
    s = x.std(0)
    s[constant] = 1.0
    x /= s
    x[:, constant] = 0
    return x
