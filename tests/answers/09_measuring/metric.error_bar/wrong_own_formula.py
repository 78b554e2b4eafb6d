# breaks: error and bias belong to the same draws, of x and of y, each with its own rows
import torch


def bootstrap(distance, x, y, rows_x, rows_y):
    d = torch.tensor(
        [float((x[i].mean(0) - y[j].mean(0)).pow(2).sum()) for i, j in zip(rows_x, rows_y)], dtype=torch.float64
    )
    return {"error": d.std(), "bias": d.mean() - float(distance(x, y))}
