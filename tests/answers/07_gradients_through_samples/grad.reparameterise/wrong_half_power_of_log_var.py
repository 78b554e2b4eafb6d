# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: log-variance taken as variance
def reparameterise(mu, log_var, eps):
    return mu + eps * log_var**0.5
