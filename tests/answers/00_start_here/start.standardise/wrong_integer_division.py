# breaks: every column has unit variance
def standardise(x):
    std = x.std(dim=0)
    std[std == 0] = 1
    return (x - x.mean(dim=0)) // std
