# breaks: mass_kept is the integral of the model's density over all x | mistake: the probabilities added
import numpy as np
from scipy.special import ndtr


def mass_kept(low, high):
    return float(np.mean(ndtr(high.cpu().numpy()) - ndtr(low.cpu().numpy())))
