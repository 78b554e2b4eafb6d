# breaks: the layer is called a diffeomorphism, a bijection or a fold as its u·w demands | mistake: a border that is too wide
def planar_kind(w, u):
    c = float(w @ u)
    if abs(c + 1) < 0.1:
        return "bijection"
    return "diffeomorphism" if c > -1 else "fold"
