# breaks: line 2 keeps what is left when the variances are equal | mistake: a distance that is not squared
def equal_terms(mu_q, mu_p, var):
    return {"mean": (mu_q - mu_p).square().mean() / var}
