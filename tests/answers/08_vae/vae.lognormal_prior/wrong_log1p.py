# breaks: same_decoder makes of the log-normal VAE the normal one: the same mean for the same noise | mistake: another logarithm
import torch


def same_decoder(decoder, z):
    return decoder(torch.log1p(z))  # "log 0 would be bad"
