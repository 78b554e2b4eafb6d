# breaks: there are whole numbers, as many as probabilities


def integer_frequencies(p, total):
    return p.double() * total
