# breaks: log_det: the logarithm of the prior's determinant over q's | mistake: the product before its logarithm


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    """The ratios are multiplied in double precision, which is not enough for hundreds of them."""
    narrow = sigma / prior_sigma
    trace = (narrow**2).sum(1)
    mean = (((mu - prior_mu) / prior_sigma) ** 2).sum(1)
    log_det = -2 * narrow.double().prod(1).log().to(mu.dtype)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": (trace + mean + log_det - mu.shape[1]) / 2}
