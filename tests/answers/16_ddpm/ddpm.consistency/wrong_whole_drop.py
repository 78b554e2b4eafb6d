# breaks: line 4 puts the posterior's variance in, so that a drop of the SNR is left | mistake: the half forgotten
def snr_terms(x0, x0_hat, before, now):
    return {"half_drop": before / (1 - before) - now / (1 - now), "square": ((x0 - x0_hat) ** 2).sum()}
