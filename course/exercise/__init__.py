"""`tutorial.py exercise`: the exercises of the chapters, and what is done of them."""
