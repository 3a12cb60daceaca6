"""The one error that the pages' author sees."""


class PageError(Exception):
    """What is wrong with a page and what to do about it, in a sentence."""
