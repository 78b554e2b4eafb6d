# breaks: an expression works exactly where it does not divide by zero | mistake: fails one step late
def still_works(beta, t):
    before = beta[: t - 1]
    ok = not (before == 1).any().item()
    now = t == 1 or float(beta[t - 2]) < 1
    return {"eps_loss": True, "x0_hat": ok, "sampler": now, "elbo_weight": now}
