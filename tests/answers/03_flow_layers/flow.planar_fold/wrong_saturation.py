# breaks: the witness holds two points, 0.1 or more apart, with one image
def planar_pair(w, u, b):
    far = 1e17 * w.double() / (w.double() @ w.double())
    return far, far + 0.5 * far / far.norm()
