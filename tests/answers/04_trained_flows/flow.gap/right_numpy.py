import math

import torch


def paired_gap(log_p, log_q):
    d = (log_p.double() - log_q.double()).cpu().numpy()

    def make(v):
        return torch.tensor(float(v), dtype=log_p.dtype, device=log_p.device)

    return {"gap": make(d.mean()), "error": make(d.std(ddof=1) / len(d) ** 0.5)}


def better(log_a, log_b):
    found = paired_gap(log_a, log_b)
    lead, error = (float(found[part]) for part in ("gap", "error"))
    return 0 if abs(lead) <= 2 * error else int(math.copysign(1, lead))
