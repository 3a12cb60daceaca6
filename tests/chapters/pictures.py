"""Takes the pictures of the pages, and compares what is written in them.

What is written is the accessibility tree, which does not hang on a machine's fonts. It
is kept beside the picture. Size, theme, language, time zone and clock are fixed.
"""

import base64
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page

from tests.chapters import printed
from tests.chapters.computer import SITE
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.reader import Reader
from tests.chapters.window import require_calm
from tests.support.browser import watch

SCREENSHOTS = "docs/_static/screenshots"

# On a picture it is always the same moment, also where a server says which it is.
STOP_CLOCK = """{
  const moment = Date.parse("2026-01-02T09:41:00Z");
  globalThis.Date = class extends Date {
    constructor() { super(moment); }
    static now() { return moment; }
  };
}"""

SIDE_BY_SIDE = """<!doctype html>
<style>
  body { display: flex; align-items: start; gap: 12px; width: max-content; margin: 0 }
  body { background: #d5dbe1 }
</style>"""


def take(reader: Reader, step: Step) -> None:
    """Open a page, do the actions, and compare what it says with the stored picture.

    A reader who writes takes the picture anew if the page says something else.

    Raises Failure for an action that cannot be done, for a complaint of the browser
    that the actions do not wait for, and for a page that says something else.
    """
    context = reader.computer.browser.new_context(
        viewport={"width": step["width"], "height": step["height"]},
        device_scale_factor=1,
        color_scheme=step["theme"],
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    context.add_init_script(STOP_CLOCK)
    context.set_default_timeout(reader.seconds * 1000)
    complaints: list[str] = []
    watch(context, complaints)
    try:
        windows, last = act_all(context, f"{SITE}{step['at']}", step["actions"])
        shown = windows if step["side_by_side"] else [last]
        text = "\n".join(written(window) for window in shown)
        require_calm(complaints, "\n".join(step["actions"]))
        picture = reader.page.root / SCREENSHOTS / f"{step['name']}.png"
        try:
            compare(text, picture)
        except Failure:
            if not reader.writes:
                raise
            save(shown, text, picture)
    except Error as error:
        raise Failure(f"the page could not be shown: {error.message}") from None
    finally:
        context.close()


def act_all(
    context: BrowserContext, url: str, actions: list[str]
) -> tuple[list[Page], Page]:
    """Do the actions. Returns all windows, and the one that was used last."""
    windows: dict[str, Page] = {}

    def go_to(number: str) -> Page:
        if number not in windows:
            windows[number] = context.new_page()
            windows[number].goto(url)
        return windows[number]

    window = go_to("1")
    for action in actions:
        name, *words = action.split(maxsplit=2)
        try:
            if name == "window":
                window = go_to(*words)
            else:
                act(window, name, *words)
        except Error as error:
            reason = error.message.splitlines()[0]
            raise Failure(f"'{action}' did not work: {reason}") from None
    return list(windows.values()), window


def act(window: Page, name: str, selector: str, text: str = "") -> None:
    """Do one action in a window."""
    if name == "fill":
        window.fill(selector, text)
    elif name == "click":
        window.click(selector)
    elif name == "press":
        window.press(selector, text)
    else:
        window.locator(selector).filter(has_text=text).first.wait_for()
        # Who leaves a page while its scripts come has a browser that complains.
        window.wait_for_load_state()


def written(window: Page) -> str:
    """What is written in a window, with what is never the same twice made the same."""
    return "\n".join(printed.normalized(window.locator("body").aria_snapshot()))


def compare(text: str, picture: Path) -> None:
    """Raises Failure if a page does not say what is written in its stored picture."""
    words = picture.with_suffix(".txt")
    for file in picture, words:
        if not file.is_file():
            raise Failure(f"there is no {file.name}")
    if words.read_text(encoding="utf-8") != f"{text}\n":
        problem = "the page has changed, the picture has not: it says something else"
        raise Failure(problem, words.read_text(encoding="utf-8"), text)


def save(windows: list[Page], text: str, picture: Path) -> None:
    """Keep a picture of these windows, and what is written in them."""
    images = []
    for window in windows:
        window.bring_to_front()
        shot = window.screenshot(animations="disabled", caret="hide", full_page=True)
        images.append(shot)
    if len(images) > 1:
        images = [beside_each_other(images, windows[0].context)]
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(images[0])
    picture.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")


def beside_each_other(images: list[bytes], context: BrowserContext) -> bytes:
    """One picture of several, on a page that shows them."""
    sources = (base64.b64encode(image).decode() for image in images)
    tags = (f"<img src='data:image/png;base64,{source}'>" for source in sources)
    sheet = context.new_page()
    sheet.set_content(SIDE_BY_SIDE + "".join(tags))
    return sheet.locator("body").screenshot()
