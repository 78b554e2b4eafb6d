# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: a difference along w
import math


def planar_pair(w, u, b):
    w, u = w.double(), u.double()
    c = float(u @ w)
    d = -c
    for _ in range(300):
        d = -c * math.tanh(d)
    return (-b - d) * w / (w @ w), (-b + d) * w / (w @ w)
