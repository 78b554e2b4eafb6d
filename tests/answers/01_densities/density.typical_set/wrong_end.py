# breaks: the blend is the straight mixture, over the root of what its variance has become | mistake: the two ends exchanged
import math


def blend(a, b, t):
    return (t * a + (1 - t) * b) / math.hypot(t, 1 - t)
