"""Takes the screenshots of the pages, and compares them with those on the pages.

A picture of the same project is always the same: size, theme, language, time zone and
clock are fixed, and what its pages throw has one side only.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.replay.browser import require_calm, watch
from tests.replay.failures import Failure

# Between pictures side by side.
GAP = 12
BETWEEN = "#d5dbe1"
# So many of a picture's pixels may differ, and each a little, before it is another one:
# no two machines draw letters alike. What the letters say is compared apart.
TOLERATED_PIXELS = 0.002
TOLERATED_CHANGE = 32
# Where a picture's file keeps what is written in it.
TEXT = "Text"

# On a picture it is always the same moment, also where a server says which it is.
STOP_CLOCK = """{
  const moment = Date.parse("2026-01-02T09:41:00Z");
  globalThis.Date = class extends Date {
    constructor() { super(moment); }
    static now() { return moment; }
  };
}"""

CONTAINS = """([selector, text]) => {
  const found = document.querySelector(selector);
  return found && `${found.value ?? ""} ${found.textContent}`.includes(text);
}"""


@dataclass
class Picture:
    """What a page looks like, and what is written on it: its accessibility tree."""

    image: Image.Image
    text: str

    @classmethod
    def load(cls, file: Path) -> "Picture":
        """Read a picture. Raises Failure if it is not there."""
        if not file.is_file():
            raise Failure(f"there is no picture {file.name}")
        image = Image.open(file)
        return cls(image.convert("RGB"), image.info.get(TEXT, ""))

    def is_like(self, other: "Picture") -> bool:
        """Whether nobody can see a difference: now and then a pixel is a shade off."""
        is_similar = self.text == other.text and self.image.size == other.image.size
        return is_similar and share_of_changes(self.image, other.image) == 0

    def save(self, file: Path) -> None:
        notes = PngInfo()
        notes.add_itxt(TEXT, self.text, zip=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        self.image.save(file, optimize=True, pnginfo=notes)


def take(browser: Browser, site: str, shown: nodes.Element, seconds: float) -> Picture:
    """Open a page, do what the actions say, and return a picture of the last window.

    Or one of all windows, side by side. `shown` is the node `screenshot`.

    Raises Failure, with the action, if one cannot be done, and if the browser complains
    of something that the actions do not wait for.
    """
    url = f"{site}{shown['at']}"
    context = browser.new_context(
        viewport={"width": shown["width"], "height": shown["height"]},
        device_scale_factor=1,
        color_scheme="dark" if shown["theme"] == "dark" else "light",
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    context.add_init_script(STOP_CLOCK)
    context.set_default_timeout(seconds * 1000)
    complaints: list[str] = []
    watch(context, complaints)
    try:
        windows: dict[int, Page] = {}
        window = window_of(1, windows, context, url)
        for action in shown["actions"]:
            name, *words = action.split(maxsplit=2)
            try:
                if name == "window":
                    window = window_of(int(words[0]), windows, context, url)
                else:
                    act(window, name, *words)
            except Error as error:
                reason = error.message.splitlines()[0]
                raise Failure(f"'{action}' did not work: {reason}") from None
        pages = windows.values() if shown["side_by_side"] else [window]
        picture = joined([picture_of(page) for page in pages])
    except Error as error:
        raise Failure(f"the page could not be shown: {error.message}") from None
    finally:
        context.close()
    require_calm(complaints, "\n".join(shown["actions"]))
    return picture


def picture_of(window: Page) -> Picture:
    window.bring_to_front()
    png = window.screenshot(animations="disabled", caret="hide", full_page=True)
    text = window.locator("body").aria_snapshot()
    return Picture(Image.open(io.BytesIO(png)).convert("RGB"), text)


def joined(pictures: list[Picture]) -> Picture:
    """The pictures beside each other, with a little of nothing between them."""
    images = [picture.image for picture in pictures]
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    height = max(image.height for image in images)
    whole = Image.new("RGB", (width, height), BETWEEN)
    x = 0
    for image in images:
        whole.paste(image, (x, 0))
        x += image.width + GAP
    return Picture(whole, "\n".join(picture.text for picture in pictures))


def window_of(
    number: int, windows: dict[int, Page], context: BrowserContext, url: str
) -> Page:
    """The window of that number, which shows the page when it is new."""
    if number not in windows:
        windows[number] = context.new_page()
        windows[number].goto(url)
    return windows[number]


def act(window: Page, name: str, selector: str, text: str = "") -> None:
    """Do one action in a window."""
    if name == "fill":
        window.fill(selector, text)
    elif name == "click":
        window.click(selector)
    elif name == "press":
        window.press(selector, text)
    elif name == "wait":
        window.wait_for_function(CONTAINS, arg=[selector, text])
    else:
        raise Failure(f"there is no action {name!r}")


def compare(taken: Picture, stored: Picture) -> None:
    """Raises Failure if a picture of the page is not like the stored one."""
    problem = "the page has changed, the picture has not: "
    if stored.text != taken.text:
        raise Failure(f"{problem}it says something else", stored.text, taken.text)
    if stored.image.size != taken.image.size:
        raise Failure(
            f"{problem}it has another size",
            "{} x {}".format(*stored.image.size),
            "{} x {}".format(*taken.image.size),
        )
    changed = share_of_changes(stored.image, taken.image)
    if changed >= TOLERATED_PIXELS:
        raise Failure(f"{problem}{changed:.1%} of its pixels are different")


def share_of_changes(one: Image.Image, other: Image.Image) -> float:
    difference = ImageChops.difference(one, other).convert("L")
    histogram = difference.histogram()
    return sum(histogram[TOLERATED_CHANGE:]) / sum(histogram)
