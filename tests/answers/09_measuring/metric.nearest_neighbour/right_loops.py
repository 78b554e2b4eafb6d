# loops with math.dist, tensors of one entry
import math

import torch


def neighbour_ratio(train, fake, test):
    T = train.tolist()

    def near(x):
        return [min(math.dist(row, t) for t in T) for row in x.tolist()]

    a, b = near(fake), near(test)
    out = {"fake": torch.tensor(sum(a) / len(a)), "real": torch.tensor(sum(b) / len(b))}
    out["ratio"] = out["fake"] / out["real"]
    return out
