# a loop over the units
import statistics

import torch


def active_units(mu, threshold):
    spread = torch.tensor([statistics.pvariance(unit) for unit in mu.double().T.tolist()], dtype=torch.float64)
    return {"spread": spread.to(mu), "active": torch.tensor([s > threshold for s in spread.tolist()]).to(mu.device)}
