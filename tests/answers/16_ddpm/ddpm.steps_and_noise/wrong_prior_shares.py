# breaks: the mean of the step is that of Bayes' rule over all hills | mistake: the weights before looking
def step_moments(x, before, sigma, weights, means, s):
    v, e = s**2 + before, sigma**2
    mu = (e * means + v * x[:, None]) / (v + e)
    mean = (weights * mu).sum(1)
    return mean, v * e / (v + e) + (weights * (mu - mean[:, None]) ** 2).sum(1)
