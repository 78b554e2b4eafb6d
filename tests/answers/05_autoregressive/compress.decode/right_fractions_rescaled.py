from fractions import Fraction

import torch


def decode(model, bits, D):
    """The number is blown up to [0, 1) again after each value."""
    at = [Fraction(int(b or "0", 2), 2 ** len(b)) for b in bits]
    x = torch.zeros(len(bits), D, dtype=torch.int64)
    for d in range(D):
        freq = model(x[:, :d].clone())
        for n in range(len(bits)):
            total = int(freq[n].sum())
            ends = freq[n].cumsum(0).tolist()
            place = at[n] * total
            value = sum(place >= end for end in ends)
            x[n, d] = value
            at[n] = (place - (ends[value] - int(freq[n, value]))) / int(freq[n, value])
    return x
