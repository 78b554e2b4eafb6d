# breaks: for different distributions the D is worth more than −log 2 | mistake: too sure


def unmask(p_data, p_model):
    d = (p_data > p_model).to(p_data.dtype)
    d[p_data == p_model] = 0.5
    return d


def blind_line():
    return [-1.0, 0.0, 1.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]
