from chat import history
from chat.messages import ChatMessagePayload, GetHistoryPayload


def test_who_asks_again_and_again_gets_all() -> None:
    room = history.key_of("lobby")
    for _ in range(5):
        history.store(room, ChatMessagePayload(message="hello", name="bob"))
    found: list[int] = []

    more = True
    while more:
        after = found[-1] if found else 0
        answer, _ = history.get(room, GetHistoryPayload(after=after, limit=2))
        found += [message.seq for message in answer.messages]
        more = answer.more

    assert found == [1, 2, 3, 4, 5]
