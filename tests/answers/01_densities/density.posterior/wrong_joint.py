# breaks: the posterior is likelihood times prior, normalised over the classes | mistake: not normalised
def log_posterior(log_lik, log_prior):
    return log_lik + log_prior
