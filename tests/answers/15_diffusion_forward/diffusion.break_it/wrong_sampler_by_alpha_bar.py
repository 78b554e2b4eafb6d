# breaks: an expression works exactly where it does not divide by zero | mistake: the sampler never recovers
def still_works(beta, t):
    kept = 1.0
    for b in beta[:t]:
        kept *= float(1 - b)
    return {"eps_loss": True, "x0_hat": kept > 0, "sampler": kept > 0, "elbo_weight": bool(beta[t - 1] < 1)}
