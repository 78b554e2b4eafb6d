# breaks: bits that follow the row's own change nothing
from fractions import Fraction

import torch


def decode(model, bits, D):
    """Takes at most as many bits as 64 places of a dozen bits could need... and reads the last ones."""
    at = [Fraction(int(b[-60:] or "0", 2), 2 ** len(b[-60:])) for b in bits]
    x = torch.zeros(len(bits), D, dtype=torch.int64)
    for d in range(D):
        for n, f in enumerate(model(x[:, :d]).tolist()):
            place, below, value = at[n] * sum(f), 0, 0
            while place >= below + f[value]:
                below += f[value]
                value += 1
            x[n, d], at[n] = value, (place - below) / f[value]
    return x
