# breaks: their covariance is that of the data | mistake: column by column


def fooling_gaussian(x, z):
    return (z - z.mean(0)) / z.std(0) * x.std(0) + x.mean(0)
