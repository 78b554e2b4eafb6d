# breaks: with many steps the sum comes to one limit, from above, whatever schedule joins the ends | mistake: off by one
def snr_sum(snr, mse):
    total = 0
    for t in range(len(snr) - 1):
        total = total + 0.5 * (snr[t] - snr[t + 1]) * mse[t]
    return total
