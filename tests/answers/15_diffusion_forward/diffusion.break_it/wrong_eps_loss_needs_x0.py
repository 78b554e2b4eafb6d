# breaks: an expression works exactly where it does not divide by zero | mistake: the loss on eps fails
def still_works(beta, t):
    signal = bool((beta[:t] < 1).all())
    step = bool(beta[t - 1] < 1)
    return {"eps_loss": signal, "x0_hat": signal, "sampler": step, "elbo_weight": step}
