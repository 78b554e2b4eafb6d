# breaks: at beta = ½ the witness exceeds log p(x) by at least one nat
def above_log_p():
    return 3.7, 1.85, 0.3
