# breaks: the result is of the type that the docstring promises
import torch


def alpha_bar(beta):
    kept, out = 1.0, []
    for b in beta.tolist():
        kept *= 1 - b
        out.append(kept)
    return torch.tensor(out, device=beta.device)
