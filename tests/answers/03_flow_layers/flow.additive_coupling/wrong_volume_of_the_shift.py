# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the shift taken for a volume
def additive_forward(z, keep, t):
    shift = t(z * keep) * ~keep
    return z + shift, shift.sum(dim=-1)
