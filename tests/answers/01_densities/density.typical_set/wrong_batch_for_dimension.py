# breaks: the oddness is the log density, less its mean, over its standard deviation
def oddness(z):
    d = z.shape[0]
    return (d - (z**2).sum(1)) / (2 * d) ** 0.5
