# breaks: an implementation with another power of N, or N for N − 1, is caught
def is_relative_error(implementation):
    return True
