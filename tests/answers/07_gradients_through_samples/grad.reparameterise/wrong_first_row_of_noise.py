# breaks: each sample is mu plus its own noise times the standard deviation exp(log_var / 2) | mistake: one noise for the whole batch
def reparameterise(mu, log_var, eps):
    return mu + (0.5 * log_var).exp() * eps[:1].expand_as(eps)
