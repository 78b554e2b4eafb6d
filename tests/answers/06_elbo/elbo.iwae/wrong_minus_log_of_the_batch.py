# breaks: iwae is the logarithm of the mean weight, for log weights of ±1000 as well | mistake: the batch for the draws
import math


def iwae(log_w):
    return log_w.logsumexp(0) - math.log(log_w.shape[-1])
