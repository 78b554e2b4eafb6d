# breaks: at your first pair twice the steps hardly help, and finer ones do | mistake: both are useless
def longer_is_useless():
    return 2.0, 8
