# breaks: it is right where every likelihood is below all floats | mistake: underflows
def log_posterior(log_lik, log_prior):
    joint = (log_lik + log_prior).exp()
    return (joint / joint.sum(1, keepdim=True)).log()
