# breaks: an expression works exactly where it does not divide by zero
def still_works(beta, t):
    alpha = 1 - beta.float()
    now, ever = bool(alpha[t - 1] != 0), bool((alpha[:t] != 0).all())
    return {"eps_loss": True, "x0_hat": ever, "sampler": now, "elbo_weight": now}
