# breaks: the shell is at most 6 thick and holds 99 % of the mass, in every dimension
def typical_shell(d):
    return max(d**0.5 - 1, 0.0), d**0.5 + 1
