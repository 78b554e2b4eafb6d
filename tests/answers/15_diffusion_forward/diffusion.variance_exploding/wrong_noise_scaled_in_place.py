# breaks: the arguments come back as they were given
def ve_sample(x0, t, eps, sigma):
    eps *= sigma
    eps *= t.to(eps).sqrt().view(-1, *(1,) * (x0.dim() - 1))
    return x0 + eps
