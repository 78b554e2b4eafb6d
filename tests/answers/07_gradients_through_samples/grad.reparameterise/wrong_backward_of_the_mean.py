# breaks: each term is the derivative of f at its own sample, by mu and by sigma | mistake: divided by the number of samples
def pathwise_terms(f, mu, sigma, eps):
    z = (mu + sigma * eps).detach()
    z.requires_grad = True
    f(z).mean().backward()
    return z.grad, z.grad * eps
