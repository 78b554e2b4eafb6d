# breaks: the oddness is the log density, less its mean, over its standard deviation | mistake: the sign turned round
def oddness(z):
    d = z.shape[1]
    return ((z**2).sum(1) - d) / (2 * d) ** 0.5
