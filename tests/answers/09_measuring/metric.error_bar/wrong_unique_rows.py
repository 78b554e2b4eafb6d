# breaks: the error is the standard deviation of the distances of the drawn data sets | mistake: rows drawn twice count once
import torch


def bootstrap(distance, x, y, rows_x, rows_y):
    drawn = [float(distance(x[torch.unique(i)], y[torch.unique(j)])) for i, j in zip(rows_x, rows_y, strict=True)]
    drawn = torch.tensor(drawn, dtype=torch.float64)
    return {"error": drawn.std(), "bias": drawn.mean() - float(distance(x, y))}
