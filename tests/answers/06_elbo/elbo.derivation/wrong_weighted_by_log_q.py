# breaks: line 1 is the integrand of the bound, at every z
def elbo_integrand(log_q, log_joint):
    return {"integrand": log_q * (log_joint - log_q)}
