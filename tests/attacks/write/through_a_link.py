# tries: write through a link that leads outside
# family: write | control: without files | success: wrote
import os

try:
    os.symlink(f"{COURSE}/results", "/tmp/link")
    open("/tmp/link/ada.json", "w").write("{}")
except OSError as error:
    print(error)


def standardise(x):
    return x + 1
