import torch


def is_step_back(implementation):
    beta = torch.tensor([0.15, 0.4, 0.05, 0.25], dtype=torch.float64)
    kept = torch.cat([torch.ones(1, dtype=torch.float64), torch.cumprod(1 - beta, 0)])
    good = True
    for t in (1, 2, 4):
        x0, e, z = torch.tensor([[1.0, -1.0], [0.3, 2.0], [1.5, -1.0]], dtype=torch.float64)
        xt = kept[t].sqrt() * x0 + (1 - kept[t]).sqrt() * e
        b = beta[t - 1]
        mean = (kept[t - 1].sqrt() * b * x0 + (1 - b).sqrt() * (1 - kept[t - 1]) * xt) / (1 - kept[t])
        want = mean if t == 1 else mean + b.sqrt() * z
        good = good and torch.allclose(implementation(xt, e, z, t, beta), want, rtol=1e-4, atol=1e-5)
    return bool(good)
