# breaks: mu is the mean of the rows
def gaussian_mle(x):
    mu = x.mean()
    return mu.expand(x.shape[1]).clone(), (x - mu).T @ (x - mu) / len(x)
