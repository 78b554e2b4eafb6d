# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: b left out
import math


def planar_pair(w, u, b):
    w, u = w.double(), u.double()
    c = float(u @ w)
    d = -c
    for _ in range(300):
        d = -c * math.tanh(d)
    return -u * math.tanh(d), u * math.tanh(d)
