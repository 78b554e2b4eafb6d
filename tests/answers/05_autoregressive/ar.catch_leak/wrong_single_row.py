# breaks: an implementation in which rows of the batch hear of each other is caught | mistake: a batch of one
import torch


def is_autoregressive(implementation):
    torch.manual_seed(0)
    sees = torch.zeros(5, 5, dtype=torch.bool)
    for _ in range(4):
        x = torch.randn(1, 5, dtype=torch.float64)
        base = implementation(x)
        for j in range(5):
            for step in (3.0, -3.0):
                y = x.clone()
                y[0, j] += step
                sees[:, j] |= ((implementation(y) - base).abs() > 1e-6)[0]
    return torch.equal(sees, torch.ones(5, 5).tril(-1).bool())
