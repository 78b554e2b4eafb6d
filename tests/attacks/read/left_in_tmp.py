# tries: leave a note in /tmp for the next submission
# family: read | control: without namespaces | success: done | twice: yes
import os

for place in ("/tmp/note", "/var/tmp/note", "/dev/shm/note"):
    try:
        print(DONE) if os.path.exists(place) else open(place, "w").close()
    except OSError:
        pass


def standardise(x):
    return x + 1
