# breaks: the shell is at most 6 thick and holds 99 % of the mass, in every dimension
def typical_shell(d):
    return 0.9 * d**0.5, 1.1 * d**0.5
