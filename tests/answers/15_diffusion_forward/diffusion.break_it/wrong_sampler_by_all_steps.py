# breaks: an expression works exactly where it does not divide by zero | mistake: neither sampler nor weight recovers


def first_bad_root(beta):
    for n, b in enumerate(beta.tolist(), start=1):
        if b == 1:
            return None
        if b > 1:
            return n
    return None


def positive_again():
    return [1.5, 1.5]


def still_works(beta, t):
    ok = bool((beta[:t] < 1).all())
    return {"eps_loss": True, "x0_hat": ok, "sampler": ok, "elbo_weight": ok}
