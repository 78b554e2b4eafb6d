# breaks: alpha_bar_t is the product of all 1 − beta_s up to and including s = t
import torch


def alpha_bar(beta):
    kept, out = 1.0, []
    for b in beta.tolist():
        kept *= 1 - b
        out.append(kept)
    return torch.tensor(out, device=beta.device)
