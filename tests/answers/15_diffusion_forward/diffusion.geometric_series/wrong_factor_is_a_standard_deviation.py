# breaks: line 4 is the variance of those t noises: a factor and the powers of alpha | mistake: a standard deviation in a variance
def variance_sum(t, alpha):
    return {"factor": (1 - alpha) ** 0.5, "powers": [alpha**k for k in range(t)]}
