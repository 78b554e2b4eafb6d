# breaks: on the line: every valid map is called valid, every other is convicted by a witness that stands
def is_valid_flow(name, params, base):
    return "valid", None
