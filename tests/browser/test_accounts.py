"""Accounts and private rooms, as people with a browser use them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Chat, Windows, serious_faults

PASSWORD = "correct horse battery"


def sign_up(windows: Windows, name: str) -> Page:
    """A new browser, in which somebody has signed up."""
    page = windows.open("/accounts/signup/")
    fill_in(page, name, "Sign up")
    expect(page.locator("#who")).to_contain_text(name)
    return page


def fill_in(page: Page, name: str, button: str) -> None:
    page.get_by_label("Name").fill(name)
    for field in page.locator("[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name=button).click()


def enter(page: Page, room: str) -> Chat:
    chat = Chat(page)
    page.fill("#room", room)
    page.click("#join")
    chat.is_joined()
    return chat


def make_room(page: Page, title: str, guest: str) -> str:
    """Make a private room, invite somebody, and return the link."""
    page.get_by_role("link", name="Make one").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Make the room").click()
    page.get_by_label("Name").fill(guest)
    page.get_by_role("button", name="Invite").click()
    return page.get_by_label(f"Link for {guest}").input_value()


def test_somebody_with_an_account_talks_under_a_name_of_their_own(
    windows: Windows, room: str
) -> None:
    page = windows.open("/chat/")
    page.get_by_role("link", name="sign up").click()
    fill_in(page, "Ada Lovelace", "Sign up")
    expect(page.locator("#who")).to_contain_text("You are Ada Lovelace.")
    ada = enter(page, room)
    bob = windows.join("Bob", room)
    mallory = Chat(windows.open("/chat/"))
    mallory.join("ada lovelace", room)
    expect(mallory.page.locator("#refusal")).to_contain_text("looks the same")
    expect(mallory.page.locator("#name")).to_be_focused()

    ada.say("It is me.")
    bob.has("message", "It is me.")
    bob.say("I know.")
    ada.has("message", "I know.")

    assert bob.lines()[-2:] == ["message, Ada Lovelace: It is me.", "own, Bob: I know."]
    kinds = [chat.page.locator("#log > .message.registered") for chat in (ada, bob)]
    assert [kind.count() for kind in kinds] == [0, 1]
    ada.page.reload()
    ada.has("own", "It is me.")


def test_who_logs_out_in_one_tab_is_told_in_the_others(
    windows: Windows, room: str
) -> None:
    page = sign_up(windows, "Grace Hopper")
    grace = enter(page, room)
    other = page.context.new_page()
    other.goto(page.url.partition("?")[0])
    other.get_by_role("button", name="Log out").click()

    grace.is_on_landing_page()
    expect(page.locator("#refusal")).to_contain_text("no longer")
    link = page.get_by_role("link", name="Log in and come back")
    expect(link).to_be_focused()
    link.press("Enter")
    fill_in(page, "Grace Hopper", "Log in")
    grace.is_joined()
    expect(page.locator("#title")).to_have_text(room)


def test_what_a_deleted_account_has_said_is_not_of_the_next_one_with_its_name(
    windows: Windows, room: str
) -> None:
    name = "Ida Noddack"
    page = sign_up(windows, name)
    ida = enter(page, room)
    ida.say("I was here.")
    expect(page.locator("#log > .own:not(.pending)")).to_have_count(1)
    page.goto(windows.url("/accounts/delete/"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Delete the account").click()
    expect(page).to_have_url(windows.url("/chat/"))

    guest = windows.join(name, room)

    guest.has("message", "I was here.")
    mark = 'getComputedStyle(document.querySelector("#log .name"), "::after").content'
    assert "account deleted" in guest.page.evaluate(mark)


def test_a_private_room_is_for_those_who_are_invited(windows: Windows) -> None:
    ada = sign_up(windows, "Ada of the room")
    sign_up(windows, "Bob of the room").close()
    link = make_room(ada, "Ours & nobody's", "Bob of the room")
    # Another browser of bob, who is not logged in there.
    page = windows.new()
    page.goto(link)
    fill_in(page, "Bob of the room", "Log in")
    expect(page.locator("main")).to_contain_text("Ada of the room invites you")
    page.get_by_role("button", name="Enter the room").click()
    bob = Chat(page)
    bob.is_joined()
    expect(page.locator("#title")).to_have_text("Ours & nobody's")
    ada.get_by_role("link", name="Enter the room").click()
    owner = Chat(ada)
    owner.say("Only we hear this.")
    bob.has("message", "Only we hear this.")

    ada.get_by_role("link", name="Members").click()
    ada.get_by_role("button", name="Remove Bob of the room").click()

    bob.is_on_landing_page()
    expect(page.locator("#refusal")).to_contain_text("no such room")
    expect(page.locator("#room")).to_have_value("")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This invitation does not work")
    windows.expected = ["status 403", "status of 403"]


def test_a_guest_at_a_private_room_is_asked_to_log_in(windows: Windows) -> None:
    page = windows.open("/chat/?room=private:0123456789abcdef")

    expect(page.locator("#refusal")).to_have_text("Log in to enter this room.")
    expect(page.get_by_role("link", name="Log in and come back")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_pages_keeps_anybody_out(windows: Windows, theme: str) -> None:
    phone = {"width": 390, "height": 700}
    page = windows.open("/accounts/login/", viewport=phone, color_scheme=theme)
    fill_in(page, "nobody", "Log in")
    expect(page.locator(".errorlist")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="Sign up").first.click()
    fill_in(page, f"{theme}\u200b", "Sign up")
    expect(page.locator(".errorlist")).to_be_visible()
    look_at(page)
    guest = f"A name of {theme} with many letters"
    sign_up(windows, guest)
    fill_in(page, theme, "Sign up")
    look_at(page)
    make_room(page, "A title of forty letters in many words" * 2, guest)
    look_at(page)
    for name in ["Private rooms", "Account", "Change the password"]:
        page.get_by_role("link", name=name, exact=True).click()
        look_at(page)


def look_at(page: Page) -> None:
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
