# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: divides by alpha_bar
import torch


def predict_x0(xt, t, eps, alpha_bar):
    out = []
    for z, n, e in zip(xt, t.tolist(), eps):
        a = alpha_bar[n - 1].item()
        out.append((z - (1 - a) ** 0.5 * e) / a)
    return torch.stack(out)
