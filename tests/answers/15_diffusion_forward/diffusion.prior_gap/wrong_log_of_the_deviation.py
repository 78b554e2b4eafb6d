# breaks: log_det: the logarithm of the prior's determinant over that of q's covariance | mistake: the standard deviation in the determinant
import math


def prior_gap(x0, alpha_bar_T):
    batch, d = x0.shape
    deviation = math.sqrt(1 - alpha_bar_T)
    gap = {"trace": d * deviation**2, "mean": alpha_bar_T * x0.pow(2).sum(1)}
    gap["log_det"] = -sum(math.log(deviation) for _ in range(d))
    gap["kl"] = 0.5 * (gap["trace"] + gap["mean"] - d + gap["log_det"])
    return gap
