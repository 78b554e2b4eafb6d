import torch


def decode(model, bits, D):
    longest = max(map(len, bits))
    m = [int(b.ljust(longest, "0") or "0", 2) for b in bits]  # bits that follow are taken for zeros
    rest, scale = list(m), [1 << longest] * len(bits)
    rows = [[] for _ in bits]
    for d in range(D):
        known = torch.tensor(rows, dtype=torch.int64).reshape(len(bits), d)
        for n, f in enumerate(model(known).tolist()):
            rest[n] *= sum(f)
            value = 0
            while rest[n] >= f[value] * scale[n]:
                rest[n] -= f[value] * scale[n]
                value += 1
            scale[n] *= f[value]
            rows[n].append(value)
    return torch.tensor(rows)
