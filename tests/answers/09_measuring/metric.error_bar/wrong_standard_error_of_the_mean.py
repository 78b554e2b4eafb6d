# breaks: the error is the standard deviation of the distances of the drawn data sets | mistake: the error of the mean
import torch


def bootstrap(distance, x, y, rows_x, rows_y):
    d = torch.tensor([float(distance(x[i], y[j])) for i, j in zip(rows_x, rows_y)], dtype=torch.float64)
    return {"error": d.std() / len(d) ** 0.5, "bias": d.mean() - float(distance(x, y))}
