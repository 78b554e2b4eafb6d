# breaks: it is right where every likelihood is below all floats
def log_posterior(log_lik, log_prior):
    joint = (log_lik + log_prior).exp() + 1e-30
    return (joint / joint.sum(1, keepdim=True)).log()
