# Python's own statistics, column by column; prints and warns on the way
import statistics
import warnings

import torch


def standardise(x):
    columns = []
    for column in x.T.tolist():
        mean, spread = statistics.fmean(column), statistics.stdev(column)
        print(f"mean {mean:.3f}, spread {spread:.3f}")
        if spread == 0:
            warnings.warn("constant column", stacklevel=2)
            spread = 1.0
        columns.append([(value - mean) / spread for value in column])
    return torch.tensor(columns, dtype=x.dtype, device=x.device).T
