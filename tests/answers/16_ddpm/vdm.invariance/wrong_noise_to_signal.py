# breaks: the sum weighs the price at each time with the drop of the SNR that leads to it | mistake: SNR upside down
def snr_sum(snr, mse):
    nsr = 1 / snr
    return 0.5 * ((nsr[1:] - nsr[:-1]) * mse[1:]).sum()
