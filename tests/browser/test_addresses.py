"""The address of the chat page: deep links, and the browser's buttons."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.windows import Chat, Windows
from tests.support.programs import Programs


def test_joining_by_hand_makes_an_address_that_leads_there(
    windows: Windows, room: str
) -> None:
    chat = Chat(windows.open("/chat/"))
    chat.is_on_landing_page()
    chat.join("Ada", room)
    chat.is_joined()

    chat.page.reload()

    chat.is_joined()
    chat.has_members("Ada")
    expect(chat.page.locator("#title")).to_have_text(room)


def test_who_joins_before_the_scripts_are_there_joins_when_they_are(
    windows: Windows, room: str
) -> None:
    page = windows.new()
    page.route("**/entrance*js", lambda _: None)  # It goes on loading.
    page.goto(windows.url("/chat/"), wait_until="commit")
    Chat(page).join("Ada", room)
    page.wait_for_url("**room=*", wait_until="commit")
    page.unroute("**/entrance*js")
    page.reload()

    Chat(page).is_joined()
    expect(page.locator("#title")).to_have_text(room)


def test_a_link_to_a_room_asks_for_the_name_only(windows: Windows, room: str) -> None:
    chat = Chat(windows.open("/chat/?room=Μεγάλη+αίθουσα+100%25+%26+%23"))
    chat.is_on_landing_page()
    expect(chat.page.locator("#name")).to_be_focused()

    chat.page.keyboard.type("Ada")
    chat.page.keyboard.press("Enter")

    chat.is_joined()
    expect(chat.page.locator("#title")).to_have_text("Μεγάλη αίθουσα 100% & #")


def test_back_and_forward_leave_and_enter(windows: Windows, room: str) -> None:
    bob = windows.join("Bob", f"{room} 1")
    chat = Chat(windows.open("/chat/"))
    chat.join("Ada", f"{room} 1")
    bob.has_members("Ada", "Bob")
    chat.leave()
    bob.has_members("Bob")
    chat.join("Ada", f"{room} 2")
    chat.is_joined()

    chat.page.go_back()
    chat.is_on_landing_page()
    chat.page.go_back()
    chat.is_joined()
    expect(chat.page.locator("#title")).to_have_text(f"{room} 1")
    bob.has_members("Ada", "Bob")
    chat.say("I am back.")
    bob.has("message", "I am back.")

    chat.page.go_back()
    chat.is_on_landing_page()
    bob.has_members("Bob")
    chat.page.go_forward()
    bob.has_members("Ada", "Bob")


def test_another_page_and_back_again(windows: Windows, room: str) -> None:
    bob = windows.join("Bob", room)
    ada = windows.join("Ada", room)
    bob.has_members("Ada", "Bob")

    ada.page.goto(ada.page.url.partition("/chat/")[0])
    bob.has_members("Bob")
    ada.page.go_back()

    ada.is_joined()
    bob.has_members("Ada", "Bob")


@pytest.mark.parametrize(
    ("query", "field", "advice"),
    [
        (f"room=lobby&name={'x' * 41}", "#name", "at most 40 characters"),
        (f"room={'x' * 81}&name=ada", "#room", "at most 80 characters"),
    ],
    ids=["name", "room"],
)
def test_what_the_server_refuses_is_explained_at_the_field(
    windows: Windows, query: str, field: str, advice: str
) -> None:
    chat = Chat(windows.open(f"/chat/?{query}"))

    expect(chat.page.locator("#refusal")).to_contain_text(advice)
    chat.is_on_landing_page()
    expect(chat.page.locator(field)).to_be_focused()
    assert chat.page.url.endswith("/chat/")


@pytest.mark.parametrize("query", ["room=a/b&name=ada", "room=..&name=ada", "name=ada"])
def test_an_address_that_leads_nowhere_stays_on_the_landing_page(
    windows: Windows, query: str
) -> None:
    chat = Chat(windows.open(f"/chat/?{query}"))

    chat.is_on_landing_page()
    expect(chat.page.locator("#name")).to_have_value("ada")


def test_the_chat_works_below_a_path(browser: Browser, programs: Programs) -> None:
    server = programs.daphne("--root-path", "/course")
    with Windows(browser, f"{server.address}/course") as windows:
        chat = windows.join("Alice", "below")
        chat.page.get_by_role("button", name="Leave").click()
        documentation = chat.page.get_by_role("link", name="API documentation")
        expect(documentation).to_have_attribute("href", "/course/asyncapi/docs/")
