# breaks: every noise gives one point of the plane, all of them finite
def sample_moons(xT, noise):
    """Would take for ever, and says so."""
    raise TimeoutError("a step for every point and every noise, one by one: this would take days")
