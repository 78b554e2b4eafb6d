# breaks: above_log_p gives three numbers x, mu and sigma within their ranges
def above_log_p():
    return 50.0, 25.0, 0.0
