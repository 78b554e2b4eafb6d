# breaks: the shell is at most 6 thick and holds 99 % of the mass, in every dimension | mistake: a ball around the mode
def typical_shell(d):
    return 0.0, 6.0
