from chat.tests.conftest import Join

ANSWER = "2"


async def test_people_come_and_go_and_not_windows(join: Join) -> None:
    bob = await join(username="bob")
    windows = [await join(username="alice"), await join(username="alice")]
    for window in windows:
        await window.disconnect()
    found = []
    while "user_left" not in found:
        found.append((await bob.receive_json_from(timeout=30))["action"])

    about = [action for action in found if action.startswith("user_")]

    assert str(len(about)) == ANSWER
