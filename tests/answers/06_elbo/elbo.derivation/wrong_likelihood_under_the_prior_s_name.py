# breaks: line 2 takes the joint and the logarithm apart, term by term, at every z
def elbo_split(log_q, log_likelihood, log_prior):
    q = log_q.exp()
    return {"likelihood": q * log_prior, "prior": q * log_likelihood, "entropy": -q * log_q}
