# breaks: t steps of variance sigma² add up to the variance t sigma² | mistake: one step for all
def ve_sample(x0, t, eps, sigma):
    x0 += sigma * eps
    return x0
