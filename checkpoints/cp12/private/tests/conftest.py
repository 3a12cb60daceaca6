from accounts.tests.conftest import database, enter, only_when_asked

__all__ = ["database", "enter", "only_when_asked"]
