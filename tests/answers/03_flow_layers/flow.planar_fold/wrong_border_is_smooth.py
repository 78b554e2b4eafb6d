# breaks: the layer is called a diffeomorphism, a bijection or a fold as its u·w demands | mistake: a bijection taken for a diffeomorphism
def planar_kind(w, u):
    return "fold" if float(u @ w) < -1 else "diffeomorphism"
