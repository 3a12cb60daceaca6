"""The one error that the commands show to a reader."""


class TutorialError(Exception):
    """What went wrong and what to do about it, in a sentence."""
