"""A command that prints something, and fails when it is told to."""

import sys

if sys.argv[1:]:
    print("wrong")
    sys.exit(3)
print("3 letters")
print("checked", flush=True)
