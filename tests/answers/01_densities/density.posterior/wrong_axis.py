# breaks: the posterior is likelihood times prior, normalised over the classes | mistake: normalised over the batch
def log_posterior(log_lik, log_prior):
    return (log_lik + log_prior).log_softmax(0)
