# breaks: an expression works exactly where it does not divide by zero
def still_works(beta, t):
    erased_at = int((beta == 1).int().argmax()) + 1  # 1 as well where there is none
    now = t != erased_at
    return {"eps_loss": True, "x0_hat": t < erased_at, "sampler": now, "elbo_weight": now}
