# breaks: every column has unit variance
def standardise(x):
    centred = x - x.mean(0)
    return centred / (centred.square().mean(0) + 1e-12).sqrt()
