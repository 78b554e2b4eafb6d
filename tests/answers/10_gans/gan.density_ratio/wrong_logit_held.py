# breaks: the logit of the best verdict is the log ratio of the densities


def log_ratio(d):
    return d.logit(1e-6)  # no verdict counts as surer than one in a million


def log_p_data_from(d, log_p_model):
    return log_p_model + d.log() - (-d).log1p()


def equal_verdicts():
    return [0.5, 0.0], [0.5, 3.0]
