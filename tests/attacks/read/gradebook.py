# tries: read the gradebook
# family: read | control: without files | success: secret
import sqlite3

try:
    print(sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=ro", uri=True).execute("select * from grade").fetchall())
except sqlite3.Error as error:
    print(error)


def standardise(x):
    return x + 1
