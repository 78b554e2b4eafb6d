# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it | mistake: the noises in reverse order
def unroll_all(x0, eps, alpha):
    noise = (1 - alpha) ** 0.5 * eps
    for k in range(1, len(eps)):
        noise[k:] *= alpha**0.5  # the later ones shrink instead of the earlier ones
    return {"signal": x0 * alpha ** (len(eps) / 2), "noise": noise}
