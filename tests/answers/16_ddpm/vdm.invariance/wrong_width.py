# breaks: the price for normal data is the variance that is left of x0 when x_t is known | mistake: s for s²
import math


def normal_mse(snr, s):
    return s / (1 + s * snr)


def normal_limit(snr_0, snr_T, s):
    return 0.5 * math.log((1 + s * snr_0) / (1 + s * snr_T))
