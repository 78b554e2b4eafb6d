# breaks: sample_pictures gives one level, a whole number 0 … 16, for each u
def sample_pictures(z, u, log_probs):
    borders = log_probs(z).exp().cumsum(-1)[..., :-1]
    return (u[..., None] >= borders).sum(-1).to(z)
