# breaks: the sum weighs the price at each time with the drop of the SNR that leads to it
# has the same limit, but is another sum
import torch


def snr_sum(snr, mse):
    return 0.5 * torch.trapezoid(mse.flip(0), snr.flip(0))
