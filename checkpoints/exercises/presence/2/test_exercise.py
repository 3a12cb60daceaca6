from chat.rate_limit import TokenBucket


def test_quiet_time_fills_the_bucket_and_no_more() -> None:
    now = [0.0]
    bucket = TokenBucket(10, 1, clock=lambda: now[0])
    now[0] = 3600

    for _ in range(11):
        bucket.take()

    assert bucket.is_in_debt
