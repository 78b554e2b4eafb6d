# breaks: in two and three dimensions: every valid map is called valid, every other is convicted by a witness that stands
def is_valid_flow(name, params, base):
    return "mass", 0.5
