# breaks: unmask gives one verdict for each value, none below 0 or above 1 | mistake: nothing over nothing


def unmask(p_data, p_model):
    return p_data / (p_data + p_model)


def blind_line():
    return [-1.0, 0.0, 1.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]
