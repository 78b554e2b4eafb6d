# breaks: the result is of the type that the docstring promises
def noising_step(x_prev, eps, a, b):
    return (a * x_prev + b * eps).float()
