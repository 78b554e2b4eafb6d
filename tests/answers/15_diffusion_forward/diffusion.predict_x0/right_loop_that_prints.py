# item by item, Python floats; prints
import math

import torch


def predict_x0(xt, t, eps, alpha_bar):
    out = torch.zeros_like(xt)
    for i in range(xt.shape[0]):
        a = float(alpha_bar[t[i] - 1])
        print(f"item {i}: alpha_bar {a:.3f}")
        out[i] = (xt[i] - math.sqrt(1 - a) * eps[i]) / math.sqrt(a)
    return out
