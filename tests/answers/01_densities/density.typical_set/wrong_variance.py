# breaks: the oddness is the log density, less its mean, over its standard deviation | mistake: the variance for the standard deviation
def oddness(z):
    d = z.shape[1]
    return (d - (z**2).sum(1)) / (2 * d)
