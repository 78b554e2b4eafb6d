# tries: read the solutions and print them, for next year
# family: read | control: without files | success: secret
try:
    print(open(f"{COURSE}/solutions/00_start_here.py").read())
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
