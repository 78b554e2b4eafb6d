# tries: spoil what somebody else has handed in
# family: write | control: without files | success: wrote
import os

try:
    os.remove(f"{COURSE}/submitted/ada/00_start_here/00_start_here.ipynb")
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
