# breaks: line 4 is the variance of those t noises: a factor and the powers of alpha
def variance_sum(t, alpha):
    return {"factor": 1 - alpha, "powers": [alpha**k if k < 40 else 0.0 for k in range(t)]}
