import torch


def is_a_layer(layer):
    z = torch.tensor([[0.1, -0.4, 0.9], [1.3, 0.2, -0.8], [-1.1, 0.6, 0.3], [0.5, 1.4, -0.2]], dtype=torch.float64)

    def ladj(way, p):
        cols = []
        for j in range(3):
            e = torch.eye(3, dtype=torch.float64)[j] * 1e-5
            plus = torch.cat([layer(q[None] + e, inverse=way)[0] for q in p])
            minus = torch.cat([layer(q[None] - e, inverse=way)[0] for q in p])
            cols.append((plus - minus) / 2e-5)
        return torch.logdet(torch.stack(cols, 2).mT @ torch.stack(cols, 2)) / 2

    x, a = layer(z)
    y, b = layer(x, inverse=True)
    alone = torch.cat([layer(q[None])[0] for q in z])
    return all(
        float((p - q).abs().max()) < 1e-5
        for p, q in ((y, z), (x, alone), (a, ladj(False, z)), (b, ladj(True, x)), (b, -a))
    )
