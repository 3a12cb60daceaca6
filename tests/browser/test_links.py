"""What somebody sends is a link where it is one, and text where it is not."""

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows

# Each text, with the links in it.
TEXTS = {
    "https://example.com": ["https://example.com"],
    "HTTP://EXAMPLE.COM/a and https://b.example": [
        "HTTP://EXAMPLE.COM/a",
        "https://b.example",
    ],
    # What ends the sentence, or stands around the link.
    "See https://example.com/a?b=c,d#e.": ["https://example.com/a?b=c,d#e"],
    "(https://example.com/a)!": ["https://example.com/a"],
    "(https://example.com/a_(b))…": ["https://example.com/a_(b)"],
    "“https://example.com” 'https://b.example'": [
        "https://example.com",
        "https://b.example",
    ],
    "https://example.com" + "." * 4000: ["https://example.com"],
    # Quotes and angle brackets can't lead out of the attribute.
    'https://example.com/"onclick="alert(1)': ["https://example.com/"],
    "<https://example.com/><b>": ["https://example.com/"],
    "https://example.com/'onclick='alert(1)": [
        "https://example.com/'onclick='alert(1)"
    ],
    # Letters and directions.
    "انظر https://example.com/طريق هنا": ["https://example.com/طريق"],
    "https://example.com/\u202egpj.exe": ["https://example.com/"],
    "https://example.com\u200b.evil.example": ["https://example.com"],
    # No links.
    "javascript:alert(1)": [],
    "javascript://example.com/%0aalert(1)": [],
    "data:text/html,<script>alert(1)</script>": [],
    "file:///etc/passwd ftp://example.com mailto:a@b.example": [],
    "www.example.com example.com //example.com": [],
    "http:// https://. http://: https:example.com": [],
    "http://[ https://%": [],
    "https://bank.example@evil.example/": [],
    "https://:secret@evil.example/": [],
    "xhttps://example.com": [],
    "": [],
}

FIND_LINKS = """async (text) => {
  const { withLinks } = await import("/static/chat/links.js");
  const line = document.createElement("p");
  line.append(...withLinks(text));
  const links = [...line.querySelectorAll("*")].map((link) => [
    link.localName, link.textContent, link.href === new URL(link.textContent).href,
    link.getAttributeNames().sort().join(" "),
  ]);
  return { text: line.textContent, links };
}"""


def test_only_addresses_of_the_web_are_links(windows: Windows) -> None:
    page = windows.open("/chat/")

    for text, links in TEXTS.items():
        found = page.evaluate(FIND_LINKS, text)
        attributes = "dir href rel target"
        expected = [["a", link, True, attributes] for link in links]
        assert found == {"text": text, "links": expected}


def test_a_link_opens_a_window_that_learns_nothing_of_the_chat(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    # Pages that the server has itself, so that nothing leaves this computer.
    other = bob.page.url.partition("/chat/")[0].replace("127.0.0.1", "localhost")

    bob.say(f"Look: {other}/, please.")

    link = ada.log.get_by_role("link")
    expect(link).to_have_text(f"{other}/")
    assert ada.texts("message") == [f"Look: {other}/, please."]
    assert set((link.get_attribute("rel") or "").split()) == {
        "noopener",
        "noreferrer",
        "nofollow",
    }
    with ada.page.expect_popup() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("[document.referrer, window.opener]") == ["", None]
    ada.is_joined()


def test_a_link_of_4096_characters_stays_within_its_line(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room, viewport={"width": 390, "height": 700})
    longest = "https://example.com/".ljust(4096, "x")

    ada.say(longest)

    expect(ada.log.get_by_role("link")).to_have_text(longest)
    widths = ada.log.evaluate("log => [log.scrollWidth, log.clientWidth]")
    assert widths[0] == widths[1]


@pytest.mark.parametrize(
    ("text", "direction"),
    [("https://example.com/ שלום", "rtl"), ("https://example.com/שלום", "ltr")],
    ids=["before words", "alone"],
)
def test_a_link_runs_from_left_to_right_and_decides_nothing_for_its_text(
    windows: Windows, room: str, text: str, direction: str
) -> None:
    ada = windows.join("Ada", room)

    ada.say(text)

    directions = ada.log.locator(".text, .text a").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).direction)"
    )
    assert directions == [direction, "ltr"]
