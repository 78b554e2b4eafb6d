"""Who is in the class: a list that the platform gives, and whose hand-ins are whose in it."""
