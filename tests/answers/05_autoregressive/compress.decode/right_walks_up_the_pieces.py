import torch


def decode(model, bits, D):
    numbers, ones = [int("0" + b, 2) for b in bits], [2 ** len(b) for b in bits]
    pieces = [(0, 1, 1) for _ in bits]  # [low / whole, high / whole)
    x = torch.zeros(len(bits), 0, dtype=torch.long)
    for _ in range(D):
        column = []
        for n, f in enumerate(model(x).tolist()):
            low, high, whole = pieces[n]
            size, top, whole = high - low, low * sum(f), whole * sum(f)
            for value, share in enumerate(f):
                bottom, top = top, top + size * share
                if numbers[n] * whole < top * ones[n]:
                    break
            column.append(value)
            pieces[n] = bottom, top, whole
        x = torch.cat([x, torch.tensor(column)[:, None]], 1)
    return x
