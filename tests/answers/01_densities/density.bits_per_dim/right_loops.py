import math

import torch


def bits_per_dim(nats, dims, levels, low, high):
    volume = dims * math.log((high - low) / levels)
    return torch.tensor(
        [(float(n) - volume) / dims / math.log(2.0) for n in nats], dtype=nats.dtype, device=nats.device
    )
