# breaks: one step has mean a x_prev and standard deviation b | mistake: the newest noise has shrunk
def noising_step(x_prev, eps, a, b):
    return a * (x_prev + b * eps)
