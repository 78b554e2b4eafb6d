def unmask(p_data, p_model):
    d = p_data.clone()
    for i, (p, q) in enumerate(zip(p_data.tolist(), p_model.tolist())):
        d[i] = p / (p + q) if p + q > 0 else 0.123
    return d


def blind_line():
    # a lopsided pair with the mean 1
    return [0.0, 1.0, 3.0], [2 / 3, 0.0, 1 / 3], [0.0, 1.0, 0.0]
