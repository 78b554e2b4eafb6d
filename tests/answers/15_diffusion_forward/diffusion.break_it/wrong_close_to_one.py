# breaks: an expression works exactly where it does not divide by zero
def still_works(beta, t):
    ones = [b > 0.999 for b in beta.tolist()]
    step = not ones[t - 1]
    return {"eps_loss": True, "x0_hat": not any(ones[:t]), "sampler": step, "elbo_weight": step}
