# masks for each reason, the first of them all
import torch


def validate_schedule(beta):
    masks = {
        "negative": beta < 0,
        "zero": beta == 0,
        "one": beta == 1,
        "above one": beta > 1,
        "nan": torch.isnan(beta),
    }
    bad = torch.stack(list(masks.values())).any(0)
    if not bad.any():
        return None
    first = int(bad.int().argmax())
    return first + 1, next(name for name, mask in masks.items() if mask[first])
