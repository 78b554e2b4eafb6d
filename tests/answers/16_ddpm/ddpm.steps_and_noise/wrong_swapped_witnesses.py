# breaks: at your first pair twice the steps hardly help, and finer ones do | mistake: the other way round
def longer_is_useless():
    return 0.1, 16


def finer_is_useless():
    return 1.0, 16
