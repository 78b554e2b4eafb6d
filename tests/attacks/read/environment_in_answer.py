# tries: read the environment while being asked, and let the table of the check show it
# family: read | control: stock | success: secret
import os


def standardise(x):
    raise ValueError(os.environ.get(VARIABLE, "nothing there"))
