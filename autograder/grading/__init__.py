"""Grading a class: submissions in, marks out, and no line of a student's code outside its sandbox."""
