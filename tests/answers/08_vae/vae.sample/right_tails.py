# by what lies above each border


def sample_pictures(z, u, log_probs):
    p = log_probs(z).double().exp()
    above = p.flip(-1).cumsum(-1).flip(-1)  # of level k and more
    return (1 - u.double()[..., None] <= above[..., 1:]).sum(-1)


def mean_pictures(z, log_probs):
    p = log_probs(z).exp()
    return p.flip(-1).cumsum(-1).flip(-1)[..., 1:].sum(-1)  # Σ_k P(level ≥ k)
