# breaks: each term is the derivative of f at its own sample, by mu and by sigma


def pathwise_terms(f, mu, sigma, eps):
    z = (mu + sigma * eps).double()
    h = 1e-5
    slope = (f(z + h) - f(z - h)) / (2 * h)
    slope = slope[:, None].expand(eps.shape).to(eps)
    return slope, slope * eps
