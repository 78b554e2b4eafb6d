# a loop over Python floats; warns
import warnings

import torch


def posterior_variance(beta):
    warnings.warn("slow but right", stacklevel=2)
    bar, out = 1.0, []
    for b in beta.tolist():
        before, bar = bar, bar * (1 - b)
        out.append(b * (1 - before) / (1 - bar))
    return torch.tensor(out, dtype=beta.dtype, device=beta.device)
