# tries: never read what it is asked, so that the asker waits for ever
# family: protocol | control: trusting | success: stopped | says: grading of this notebook ended there
import json
import os
import struct


def frame(body=b"", **head):
    text = json.dumps({"arrays": [], **head}).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


import time


def standardise(x):
    while True:
        os.write(3, frame(callback="x" * 100_000, args=[], kwargs={}))
