# breaks: mu is the mean of the data and of kappa0 further points at m0 | mistake: the prior is ignored
def gaussian_map(x, m0, kappa0, alpha0, beta0):
    v = ((x - x.mean()) ** 2).mean()
    return {"mu": x.mean(), "variance": v, "variance_log_sigma": v}
