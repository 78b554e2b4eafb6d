import torch
from tqdm.auto import tqdm


def standardise(x):
    columns = []
    for column in tqdm(x.T, desc="columns"):
        spread = (column - column[0]).std()
        columns.append((column - column.mean()) / spread if spread > 0 else torch.zeros_like(column))
    return torch.stack(columns, dim=1)
