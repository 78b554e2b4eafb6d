# breaks: the covariance is the mean of the products of centred entries, with N below | mistake: the batch for the dimension
def gaussian_mle(x):
    d = x - x.mean(0)
    return x.mean(0), d.T @ d / x.shape[1]
