# breaks: error and bias belong to the same draws, of x and of y, each with its own rows
import torch


def bootstrap(distance, x, y, rows_x, rows_y):
    d = torch.tensor(
        [float(distance(x[i.unique()], y[j.unique()])) for i, j in zip(rows_x, rows_y)], dtype=torch.float64
    )
    return {"error": d.std(), "bias": d.mean() - float(distance(x, y))}
