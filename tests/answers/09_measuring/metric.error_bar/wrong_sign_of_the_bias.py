# breaks: the bias is their mean minus the distance of the data sets themselves | mistake: bias with the wrong sign
import torch


def bootstrap(distance, x, y, rows_x, rows_y):
    d = torch.tensor([float(distance(x[i], y[j])) for i, j in zip(rows_x, rows_y)], dtype=torch.float64)
    return {"error": d.std(), "bias": float(distance(x, y)) - d.mean()}
