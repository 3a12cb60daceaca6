"""Follows the chapters as a reader does, by the index that a build of the pages writes.

follow.py does the steps of a page in order, each as commands.py, console.py, files.py,
pictures.py or recordings.py knows; computer.py has what a reader works with.
"""
