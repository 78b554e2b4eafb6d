"""The first model of the course, trained while one reads on: noise to a digit of the reader's choice.

It is trained by flow matching, which notebook 17 explains: on the straight way x_t = (1 − t) z + t x from noise z to a
picture x, the network learns the velocity x − z; a new picture is made by walking from new noise, step by step.
"""

from __future__ import annotations

import torch
from torch import nn

from pushforward.data import digits
from pushforward.train import train

PIXELS, HANDS, WIDTH = 64, 8, 192


class Way(nn.Module):
    """v(x_t, t, digit), (B, 64): the velocity at x_t (B, 64), at times t (B,) from 0 to 1, on the way to that digit."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("turns", torch.pi / 2 * torch.arange(1, HANDS + 1))
        layers = [nn.Linear(PIXELS + 2 * HANDS + 10, WIDTH), nn.SiLU()]
        layers += [nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, PIXELS)]
        self.layers = nn.Sequential(*layers)

    def forward(self, xt: torch.Tensor, t: torch.Tensor, digit: torch.Tensor) -> torch.Tensor:
        clock = t[:, None] * self.turns
        which = nn.functional.one_hot(digit, 10).to(xt)
        return self.layers(torch.cat([xt, clock.sin(), clock.cos(), which], dim=1))


def learn_digits(steps: int, seed: int = 0, batch: int = 256, rate: float = 2e-3) -> Way:
    """A network that has seen the thousand training digits, with values −1 … 1, for so many steps."""
    pictures, labels = digits("train")
    x = (pictures / 8 - 1).flatten(1).cpu()
    torch.manual_seed(seed)
    with torch.device("cpu"):  # so small that a GPU would not be faster
        model = Way()
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: min(1.0, 2.5 * (1 - k / max(steps, 1))))

    def step(k: int) -> torch.Tensor:
        i = torch.randint(len(x), (batch,), device="cpu")
        z, t = torch.randn(batch, PIXELS, device="cpu"), torch.rand(batch, device="cpu")
        xt = (1 - t[:, None]) * z + t[:, None] * x[i]
        loss = (model(xt, t, labels.cpu()[i]) - (x[i] - z)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
        return loss.detach()

    train(step, model, steps, average=0.99, label="learning to draw")
    return model


@torch.no_grad()
def walk(model: Way, z: torch.Tensor, digit: int, steps: int = 28) -> list[torch.Tensor]:
    """The states from noise z (B, 64) to pictures of the digit, steps + 1 of them (Heun's rule, notebook 17)."""
    which = torch.full((len(z),), digit)
    states = [z]
    for k in range(steps):
        now, then = (torch.full((len(z),), time / steps) for time in (k, k + 1))
        v = model(states[-1], now, which)
        ahead = model(states[-1] + v / steps, then, which)
        states.append(states[-1] + (v + ahead) / (2 * steps))
    return states
