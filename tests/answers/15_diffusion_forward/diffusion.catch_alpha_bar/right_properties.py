# by its properties: the first entry, ratios of neighbours, a single step, a long schedule in float32
import torch


def is_alpha_bar(implementation):
    schedules = [
        torch.tensor([0.3]),
        torch.tensor([0.5, 0.1, 0.9, 0.2]),
        torch.linspace(0.3, 0.001, 150),
        torch.linspace(0.0001, 0.02, 1000),
    ]
    for beta in schedules:
        out = implementation(beta)
        if abs(out[0] / (1 - beta[0]) - 1) > 1e-4:
            return False
        ratios = out[1:] / out[:-1]
        if not bool(((ratios / (1 - beta[1:]) - 1).abs() < 1e-3).all()):
            return False
    return True
