"""The encoder and the decoder of notebook 08: shapes, and what they make of `how`."""

from __future__ import annotations

import pytest
import torch

from pushforward.vae import LIKELIHOODS, Autoencoder, Decoder, Encoder


def test_shapes_with_and_without_draws_in_front() -> None:
    mu, sigma = Encoder(latents=3)(torch.zeros(5, 64))
    assert mu.shape == sigma.shape == (5, 3)
    assert (sigma > 0).all()
    decoder = Decoder(latents=3, numbers=9)
    assert decoder(torch.zeros(5, 3)).shape == (5, 64, 9)
    assert decoder(torch.zeros(7, 5, 3)).shape == (7, 5, 64, 9)


def test_without_how_nothing_was_moved() -> None:
    encoder, decoder = Encoder(3).eval(), Decoder(3, 1).eval()
    x, z, still = torch.ones(2, 64), torch.ones(2, 3), torch.zeros(2, 5)
    assert torch.equal(encoder(x)[0], encoder(x, still)[0])
    assert not torch.equal(encoder(x)[0], encoder(x, still + 1)[0])
    assert not torch.equal(decoder(z), decoder(z, still + 1))


def test_sigma_is_positive_wherever_the_encoder_goes() -> None:
    encoder = Encoder(2).eval()
    sigma = encoder(1e4 * torch.ones(1, 64))[1]
    assert (sigma > 0).all()
    assert sigma.isfinite().all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_levels_probabilities_are_those_of_the_table(name: str) -> None:
    model = Autoencoder(LIKELIHOODS[name], latents=3).eval()
    levels = torch.arange(128).reshape(2, 64) % 17
    z = torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(0))
    table = model.log_probs(z)
    assert table.shape == (4, 2, 64, 17)
    want = table.gather(-1, levels.expand(4, 2, 64)[..., None])[..., 0]
    torch.testing.assert_close(model.log_p(z, levels), want)
    assert model.encode(levels)[0].shape == (2, 3)
