# breaks: the covariance is the mean of the products of centred entries, with N below | mistake: not centred
def gaussian_mle(x):
    return x.mean(0), x.T @ x / x.shape[0]
