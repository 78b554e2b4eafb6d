# breaks: at your second pair finer steps hardly help, and twice as many do | mistake: both still help
# small sigma, many steps: but enough of them to be near the end already
def finer_is_useless():
    return 0.25, 32
