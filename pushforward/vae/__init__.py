"""What notebook 08 builds its variational autoencoders from: likelihoods of pictures with levels, and two networks.

An encoder gives q(z | x) = N(mu, diag sigma²), a decoder the numbers that a likelihood turns into log p(level | z).
"""

from pushforward.vae.likelihoods import LEVELS, LIKELIHOODS, LevelLikelihood, categorical, logistics, normal
from pushforward.vae.networks import Autoencoder, Decoder, Encoder

__all__ = [
    "LEVELS",
    "LIKELIHOODS",
    "Autoencoder",
    "Decoder",
    "Encoder",
    "LevelLikelihood",
    "categorical",
    "logistics",
    "normal",
]
