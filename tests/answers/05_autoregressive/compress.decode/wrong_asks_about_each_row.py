# breaks: the model is asked once for each place, about all rows together | mistake: one row at a time
from fractions import Fraction

import torch


def decode(model, bits, D):
    rows = []
    for b in bits:
        at, row = Fraction(int(b or "0", 2), 2 ** len(b)), []
        for d in range(D):
            f = model(torch.tensor([row], dtype=torch.int64).reshape(1, d))[0].tolist()
            place, below, value = at * sum(f), 0, 0
            while place >= below + f[value]:
                below += f[value]
                value += 1
            row.append(value)
            at = (place - below) / f[value]
        rows.append(row)
    return torch.tensor(rows)
