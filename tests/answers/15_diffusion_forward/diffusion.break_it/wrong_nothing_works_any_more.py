# breaks: an expression works exactly where it does not divide by zero | mistake: everything stops at beta = 1
def still_works(beta, t):
    alive = all(b < 1 for b in beta[:t].tolist())
    return dict.fromkeys(("eps_loss", "x0_hat", "sampler", "elbo_weight"), alive)
