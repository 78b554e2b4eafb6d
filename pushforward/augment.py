"""More pictures out of few: each a little shifted, turned and scaled, with a note of how."""

from __future__ import annotations

import torch

SHIFT, TURN, SCALE = 0.5, 0.15, 0.08  # standard deviations, in pixels, radians and as a logarithm


def moved(levels: torch.Tensor, share: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (n, h, w), levels 0 … 16, a share of them moved; and how, (n, 5): down, right, turn, scale, or not.

    A network that is shown `how` may learn that moved pictures are blurred, and is asked about unmoved ones with zeros:
    so it learns from all, and its probabilities are those of real pictures. Draws from torch's own generator.
    """
    n, h, w = levels.shape
    on = (torch.rand(n, 1, device=levels.device) < share).float()
    how = torch.randn(n, 4, device=levels.device) * on
    right, down = SHIFT * how[:, 1] * 2 / w, SHIFT * how[:, 0] * 2 / h
    scale = (SCALE * how[:, 3]).exp()
    cos, sin = (TURN * how[:, 2]).cos() * scale, (TURN * how[:, 2]).sin() * scale
    map = torch.stack([torch.stack([cos, -sin, right], 1), torch.stack([sin, cos, down], 1)], 1)
    grid = torch.nn.functional.affine_grid(map, (n, 1, h, w), align_corners=False)
    seen = torch.nn.functional.grid_sample(levels[:, None], grid, align_corners=False)[:, 0].round()
    return torch.where(on[:, :, None] > 0, seen, levels), torch.cat([how, on], 1)
