# breaks: the sum weighs the price at each time with the drop of the SNR that leads to it
def snr_sum(snr, mse):
    return 0.5 * (snr[0] - snr[-1]) * mse[-1]
