# breaks: entropy, maximum and volumes change as a constant ladj says, and stay if it is 0 | mistake: the signs swapped
import numpy as np


def what_changes(entropy, log_max, volume, ladj):
    shrink = np.exp(-ladj)
    return {"entropy": float(entropy + np.log(shrink)), "log_max": float(log_max + ladj), "volume": float(volume * shrink)}
