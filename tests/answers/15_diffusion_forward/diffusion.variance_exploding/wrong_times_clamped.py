# breaks: t steps of variance sigma² add up to the variance t sigma²
def ve_sample(x0, t, eps, sigma):
    spread = sigma * t.clamp(max=1000).to(x0).sqrt()
    return x0 + spread.view(-1, *(1,) * (x0.dim() - 1)) * eps
