import numpy as np
import torch


def integer_frequencies(p, total):
    K = p.shape[-1]
    rows = []
    for row in p.double().cpu().numpy().reshape(-1, K):
        ideal = row / row.sum() * (total - K)
        f = np.floor(ideal).astype(np.int64)
        f[np.argsort(f - ideal)[: total - K - f.sum()]] += 1
        rows.append(f + 1)
    return torch.tensor(np.array(rows)).reshape(p.shape).to(p.device)
