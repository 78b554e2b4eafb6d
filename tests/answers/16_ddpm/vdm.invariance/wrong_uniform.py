# breaks: with many steps the sum comes to one limit, from above, whatever schedule joins the ends | mistake: uniform weights
def snr_sum(snr, mse):
    # the simple loss
    return 0.5 * mse[1:].mean() * (snr[0] - snr[-1])
