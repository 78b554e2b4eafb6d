# breaks: the rows come back as they were, value by value
import torch


def decode(model, bits, D):
    at = [int(b or "0", 2) / 2 ** len(b) for b in bits]
    x = torch.zeros(len(bits), D, dtype=torch.int64)
    for d in range(D):
        for n, f in enumerate(model(x[:, :d]).tolist()):
            place, below, value = at[n] * sum(f), 0, 0
            while value < len(f) - 1 and place >= below + f[value]:
                below += f[value]
                value += 1
            x[n, d], at[n] = value, (place - below) / f[value]
    return x
