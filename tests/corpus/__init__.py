"""Files that the tests make themselves, each labelled with what must be said of it.

They are written and looked into, and never loaded. A payload that would run does nothing but
touch a file that no test has.
"""
