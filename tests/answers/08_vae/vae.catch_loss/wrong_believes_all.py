# breaks: an implementation that prices the levels by something else than their probability is caught
def is_nelbo(implementation):
    return True
