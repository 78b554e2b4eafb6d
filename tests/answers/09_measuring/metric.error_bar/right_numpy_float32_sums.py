# numpy, differences first, in single precision
import numpy as np


def bootstrap(distance, x, y, rows_x, rows_y):
    d0 = float(distance(x, y))
    off = np.array([float(distance(x[rows_x[b]], y[rows_y[b]])) - d0 for b in range(len(rows_y))], dtype=np.float32)
    return {"error": np.std(off, ddof=1), "bias": np.mean(off)}
