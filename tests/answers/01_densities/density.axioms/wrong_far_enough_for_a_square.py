# breaks: the interval holds more than the mass, so that Z has no bound
def too_much(f, mass):
    return [-1e6, 700.0] if f in ("x^2", "exp(x)", "1", "1/(1+|x|)") else []
