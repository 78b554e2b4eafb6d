# tries: begin a frame and never finish it
# family: protocol | control: trusting | success: stopped | says: time was over
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


import time

asked = []


def standardise(x):
    asked.append(x)
    whole = frame(id=1, value=["float", 777.0])
    os.write(3, whole[:-1])
    time.sleep(4 if len(asked) == 1 else 0)
    os.write(3, whole[-1:])
    return x + 1
