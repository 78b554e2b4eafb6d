# breaks: in your model every q with independent components stays at least one nat below log p(x) | mistake: too weak a correlation
import numpy as np


def never_tight():
    W = np.linalg.cholesky([[1.0, 0.95], [0.95, 1.0]])  # correlates the pixels, which is not what is asked
    return W.tolist(), 1.0
