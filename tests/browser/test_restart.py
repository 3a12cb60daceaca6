"""A server that is killed and comes back: no reload, nothing lost, nothing twice."""

from playwright.sync_api import expect

from tests.browser.windows import SERVER_IS_AWAY, Windows
from tests.support.ports import free_port
from tests.support.programs import Programs


def test_the_page_survives_a_server_that_is_killed(
    windows: Windows, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    port = free_port()
    with programs.daphne(port=port) as server:
        ada = windows.join("Ada", "lobby", server.address)
        bob = windows.join("Bob", "lobby", server.address)
        for chat in ada, bob:
            chat.page.evaluate("window.isTheSamePage = true")

    for chat in ada, bob:
        chat.has_lost_the_server()
        expect(chat.page.locator("#status")).to_have_text(
            "connection lost, trying again"
        )
        chat.has_members()
    queued = [f"while the server was away, {number}" for number in range(5)]
    for text in queued:
        ada.say(text)
    expect(ada.page.locator("#log > .pending")).to_have_count(5)

    with programs.daphne(port=port):
        bob.has_texts("message", queued)
        ada.has_delivered_all()
        for chat in ada, bob:
            chat.is_joined()
            chat.has_members("Ada", "Bob")
        ada.say("after")
        bob.has_texts("message", [*queued, "after"])

        assert ada.texts("own") == [*queued, "after"]
        for chat in ada, bob:
            assert chat.page.evaluate("window.isTheSamePage")
            assert "".join(chat.texts("event")).count("You are back.") == 1


def test_leaving_while_the_server_is_away_forgets_what_was_queued(
    windows: Windows, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    port = free_port()
    with programs.daphne(port=port) as server:
        ada = windows.join("Ada", "lobby", server.address)
    ada.has_lost_the_server()
    ada.say("never mind")
    ada.leave()
    ada.is_on_landing_page()

    with programs.daphne(port=port) as server:
        bob = windows.join("Bob", "lobby", server.address)
        ada.join("Ada", "lobby")
        ada.is_joined()
        ada.say("hello")
        bob.has("message", "hello")

        assert bob.texts("message") == ["hello"]
