# breaks: the model is asked once for each place, about all rows together | mistake: more calls than needed
import torch


def decode(model, bits, D):
    N = len(bits)
    x = torch.zeros(N, 0, dtype=torch.int64)
    state = [(0, 1, 1)] * N
    for d in range(D):
        values = []
        for n, f in enumerate(model(x).tolist()):
            low, width, whole = state[n]
            T = int(model(x[:1]).sum())
            m, L = int("0" + bits[n], 2), len(bits[n])
            t = (m * whole - (low << L)) * T // (width << L)
            k = next(k for k in range(len(f)) if t < sum(f[: k + 1]))
            state[n] = low * T + width * sum(f[:k]), width * f[k], whole * T
            values.append(k)
        x = torch.cat([x, torch.tensor(values, dtype=torch.int64).reshape(N, 1)], 1)
    return x
