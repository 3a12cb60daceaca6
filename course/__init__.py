"""The commands behind tutorial.py: they serve and test the course's checkpoints."""
