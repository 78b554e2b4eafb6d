# breaks: at beta = ½ the witness exceeds log p(x) by at least one nat | mistake: the prior for q
def above_log_p():
    return 5.0, 0.0, 1.0
