# tries: read what somebody else has handed in
# family: read | control: without files | success: secret
try:
    print(open(f"{COURSE}/submitted/ada/00_start_here/00_start_here.ipynb").read())
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
