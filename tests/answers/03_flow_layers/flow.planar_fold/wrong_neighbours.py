# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: one point twice
def planar_pair(w, u, b):
    z = -b * w.double() / (w.double() @ w.double())
    return z, z + 1e-12
