# breaks: inverse carries every x to the z from which it comes | mistake: undone in the wrong order
def compose_inverse(x, layers):
    ladj = 0
    for _, inverse in layers:
        x, more = inverse(x)
        ladj = ladj + more
    return x, ladj
