# breaks: each term is the derivative of f at its own sample, by mu and by sigma | mistake: summed over the samples


def pathwise_terms(f, mu, sigma, eps):
    mu, sigma = mu.clone().requires_grad_(), sigma.clone().requires_grad_()
    f(mu + sigma * eps).sum().backward()
    return mu.grad.repeat(len(eps), 1), sigma.grad.repeat(len(eps), 1)
