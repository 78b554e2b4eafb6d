# breaks: the layer is called a diffeomorphism, a bijection or a fold as its u·w demands | mistake: the size of the product
def planar_kind(w, u):
    size = abs(float(u @ w))
    return "diffeomorphism" if size < 1 else "bijection" if size == 1 else "fold"
