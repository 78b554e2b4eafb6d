# breaks: one step has mean a x_prev and standard deviation b | mistake: the signal keeps its strength
def noising_step(x_prev, eps, a, b):
    x_prev += b * eps
    return x_prev
