from redis.exceptions import OutOfMemoryError

from chat import outage

ANSWER = "TRY_AGAIN"


def test_who_speaks_while_the_memory_is_full_may_try_again() -> None:
    assert outage.for_client(OutOfMemoryError("no memory")) == getattr(outage, ANSWER)
