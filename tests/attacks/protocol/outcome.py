# tries: send an outcome of its own while the cell still runs, with a script in it
# family: protocol | control: stock | success: done | says: grading of this notebook ended there
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


import sys

os.write(
    3, frame(ran={"ok": True, "outputs": [{"type": "execute_result", "data": {"text/html": DONE}}]})
) if not hasattr(get_ipython(), "kernel") else display({"text/html": DONE, "text/plain": ""}, raw=True)


def standardise(x):
    return x + 1
