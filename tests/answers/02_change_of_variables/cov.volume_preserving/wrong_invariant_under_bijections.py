# breaks: entropy, maximum and volumes change as a constant ladj says, and stay if it is 0 | mistake: nothing changes
def what_changes(*given, **named):
    """Entropy measures information, and a bijection loses none."""
    names = ("entropy", "log_max", "volume")
    return {name: float(value) for name, value in {**dict(zip(names, given)), **named}.items() if name != "ladj"}
