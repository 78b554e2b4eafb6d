# breaks: implied_sigma: with it, the Gaussian loss and the weighted mean squared error differ by a constant | mistake: mean over the pixels
import numpy as np


def implied_sigma(weight, D):
    return float(np.sqrt(0.5) * weight**-0.5)
