# breaks: the model is asked once for each place, about all rows together | mistake: more calls than needed
import torch


def decode(model, bits, D):
    N = len(bits)
    x = torch.zeros(N, 0, dtype=torch.int64)
    states = [(0, 1, 1)] * N
    numbers = [(int(b, 2) if b else 0, len(b)) for b in bits]
    for _ in range(D):
        column = []
        for n, f in enumerate(model(x).tolist()):
            (low, width, whole), (m, length) = states[n], numbers[n]
            total = sum(f)
            at = (m * whole - low * 2**length) * total // (width * 2**length)
            k, below = 0, 0
            while below + f[k] <= at:
                below += f[k]
                k += 1
            states[n] = (low * total + width * below, width * f[k], whole * total)
            column.append(k)
        x = torch.cat([x, torch.tensor(column, dtype=torch.int64)[:, None]], 1)
    model(x)
    return x
