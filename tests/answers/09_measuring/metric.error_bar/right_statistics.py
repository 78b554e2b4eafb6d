# the statistics module, index_select
import statistics


def bootstrap(distance, x, y, rows_x, rows_y):
    found = []
    for b in range(rows_x.shape[0]):
        found.append(float(distance(x.index_select(0, rows_x[b]), y.index_select(0, rows_y[b]))))
    return {"bias": statistics.fmean(found) - float(distance(x, y)), "error": statistics.stdev(found)}
