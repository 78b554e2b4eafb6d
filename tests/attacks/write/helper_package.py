# tries: change the helper package under everybody's feet
# family: write | control: none | success: done
import os

import pushforward

if os.access(pushforward.__file__, os.W_OK):  # as root or as its owner; the control must not really do it
    try:
        os.utime(pushforward.__file__)
        print(DONE)
    except OSError as error:
        print(error)


def standardise(x):
    return x + 1
