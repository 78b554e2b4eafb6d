# tries: answer when the time is over
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
    time.sleep(4 if len(asked) == 1 else 0)
    return x + 1
