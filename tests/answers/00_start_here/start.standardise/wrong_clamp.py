# breaks: every column has unit variance | mistake: a guard as large as the spread


def standardise(x):
    return (x - x.mean(0)) / x.std(0).clamp(min=1e-3)
