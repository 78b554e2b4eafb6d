# breaks: line 4 puts the posterior's variance in, so that a drop of the SNR is left | mistake: noise to signal
def snr_terms(x0, x0_hat, before, now):
    return {"half_drop": 0.5 * ((1 - now) / now - (1 - before) / before), "square": ((x0 - x0_hat) ** 2).sum()}
