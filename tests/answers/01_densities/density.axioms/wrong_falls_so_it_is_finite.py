# breaks: the interval holds more than the mass, so that Z has no bound | mistake: whatever falls has a finite Z
def too_much(f, mass):
    if f == "x^2":
        return [0, 10 * mass]
    if f == "exp(x)":
        return [0, mass]
    if f == "1":
        return [0, 10 * mass]
    return []
