# breaks: the divergence is infinite at your nu | mistake: a tail that is not heavy enough
import numpy as np


def infinite_kl():
    return np.nextafter(2.0, 3.0), 1e300
