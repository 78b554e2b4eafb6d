# the library's transforms one after the other
from torch.distributions.transforms import AffineTransform, ComposeTransform, ExpTransform


def rescale_lognormal(z, mu, sigma):
    return ComposeTransform([ExpTransform().inv, AffineTransform(mu, sigma), ExpTransform()])(z)
