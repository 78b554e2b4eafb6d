# breaks: a fault is found wherever it stands, with its step counted from 1 and its reason | mistake: reason by reason
import torch


def validate_schedule(beta):
    tests = {"negative": beta < 0, "zero": beta == 0, "one": beta == 1, "above one": beta > 1, "nan": torch.isnan(beta)}
    for reason, bad in tests.items():
        if bad.any():
            return int(torch.nonzero(bad)[0]) + 1, reason
    return None
