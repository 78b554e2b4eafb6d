# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: a search that stops early
import math


def planar_pair(w, u, b):
    w, u = w.double(), u.double()
    c = float(w @ u)
    d = -c
    for _ in range(20):
        d = -c * math.tanh(d)
    fold = -b * w / (w @ w)
    return fold + d * u / c, fold - d * u / c
