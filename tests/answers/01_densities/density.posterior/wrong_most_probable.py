# breaks: the posterior is likelihood times prior, normalised over the classes
def log_posterior(log_lik, log_prior):
    joint = log_lik + log_prior
    return joint - joint.max(1, keepdim=True).values
