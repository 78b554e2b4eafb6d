# breaks: at beta = ½ the witness exceeds log p(x) by at least one nat | mistake: an ordinary picture
def above_log_p():
    return 2.0, 1.0, 0.5**0.5
