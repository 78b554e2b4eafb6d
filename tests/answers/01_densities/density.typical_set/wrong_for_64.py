# breaks: the shell is at most 6 thick and holds 99 % of the mass, in every dimension
def typical_shell(d):
    return 5.0, 11.0
