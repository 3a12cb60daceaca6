from chat import presence


def test_two_windows_of_a_person_are_one_member() -> None:
    assert presence.add("room.test", "first window", "alice")
    assert not presence.add("room.test", "second window", "alice")
    assert presence.names("room.test") == ["alice"]

    assert presence.remove("room.test", "first window") is None
    assert presence.remove("room.test", "second window") == "alice"
    assert presence.names("room.test") == []
