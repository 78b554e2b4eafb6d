# breaks: an expression works exactly where it does not divide by zero
def still_works(beta, t):
    erased = any(b == 1 for b in beta[: t - 1].tolist())
    now = bool(beta[t - 1] != 1)
    return {"eps_loss": True, "x0_hat": not erased, "sampler": now, "elbo_weight": now}
