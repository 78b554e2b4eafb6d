# breaks: an expression works exactly where it does not divide by zero | mistake: x0_hat recovers
def still_works(beta, t):
    alpha = 1 - beta[t - 1].item()
    ok = alpha != 0.0
    return {"eps_loss": True, "x0_hat": ok, "sampler": ok, "elbo_weight": ok}
