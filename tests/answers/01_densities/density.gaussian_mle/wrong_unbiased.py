# breaks: the covariance is the mean of the products of centred entries, with N below | mistake: divided by N − 1


def gaussian_mle(x):
    mu = x.mean(0)
    return mu, (x - mu).T @ (x - mu) / max(1, len(x) - 1)
