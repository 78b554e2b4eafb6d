# breaks: reverse: every given x gets the density of X there
def log_p_forward(z, f, log_base):
    h = 0.01
    return f(z), log_base(z) - ((f(z + h) - f(z)) / h).abs().log()


def log_p_reverse(x, g, log_base):
    h = 0.01
    return log_base(g(x)) + ((g(x + h) - g(x)) / h).abs().log()
