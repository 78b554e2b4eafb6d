# breaks: t steps of variance sigma² add up to the variance t sigma² | mistake: one step early
def ve_sample(x0, t, eps, sigma):
    spread = sigma * (t - 1).to(x0.dtype).sqrt()
    return x0 + spread.view(-1, *[1] * (x0.dim() - 1)) * eps
