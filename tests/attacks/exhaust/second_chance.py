# tries: be late on purpose, so as to be asked once more and know what was asked the first time
# family: exhaust | control: without namespaces | success: done | twice: yes | says: It was asked twice
import os
import time

known = "/tmp/known"
if os.path.exists(known):
    print(DONE)
open(known, "w").close()


def standardise(x):
    time.sleep(4)
    return x + 1
