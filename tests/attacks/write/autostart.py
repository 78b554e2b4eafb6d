# tries: lay a file that Python or a shell would run on the next start
# family: write | control: without files | success: wrote
import os
import site
import sys

for folder in (f"{COURSE}/home", os.path.expanduser("~"), "/etc", *site.getsitepackages(), sys.prefix, "/package"):
    if folder.startswith(COURSE) or not os.path.exists(COURSE):
        try:
            open(f"{folder}/sitecustomize.py", "w").write("print('here I am')")
            open(f"{folder}/.bashrc", "w").write("echo here I am")
        except OSError as error:
            print(error)


def standardise(x):
    return x + 1
