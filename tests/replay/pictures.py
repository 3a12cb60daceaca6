"""Takes the screenshots of the pages, and compares them with those on the pages."""

import io
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.replay.failures import Failure

# Between pictures side by side.
GAP = 12
BETWEEN = "gray"
# So many of a picture's pixels may differ, and each a little, before it is another one:
# no two machines draw letters alike.
TOLERATED_PIXELS = 0.02
TOLERATED_CHANGE = 32

CONTAINS = """([selector, text]) => {
  const found = document.querySelector(selector);
  return found && `${found.value ?? ""} ${found.textContent}`.includes(text);
}"""


def take(
    browser: Browser,
    url: str,
    size: tuple[int, int],
    theme: str,
    actions: list[str],
    seconds: float,
    side_by_side: bool = False,
) -> Image.Image:
    """Open a page, do what the actions say, and return a picture of the last window.

    Or one of all windows, side by side.

    Raises Failure, with the action, if one cannot be done.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=1,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(seconds * 1000)
    try:
        windows: dict[int, Page] = {}
        window = window_of(1, windows, context, url)
        for action in actions:
            name, *words = action.split(maxsplit=2)
            try:
                if name == "window":
                    window = window_of(int(words[0]), windows, context, url)
                else:
                    act(window, name, *words)
            except Error as error:
                reason = error.message.splitlines()[0]
                raise Failure(f"'{action}' did not work: {reason}") from None
        shown = windows.values() if side_by_side else [window]
        return joined([picture_of(window) for window in shown])
    except Error as error:
        raise Failure(f"the page could not be shown: {error.message}") from None
    finally:
        context.close()


def picture_of(window: Page) -> Image.Image:
    window.bring_to_front()
    picture = window.screenshot(animations="disabled", caret="hide", full_page=True)
    return Image.open(io.BytesIO(picture)).convert("RGB")


def joined(pictures: list[Image.Image]) -> Image.Image:
    """The pictures beside each other, with a little of nothing between them."""
    if len(pictures) == 1:
        return pictures[0]
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    height = max(picture.height for picture in pictures)
    whole = Image.new("RGB", (width, height), BETWEEN)
    x = 0
    for picture in pictures:
        whole.paste(picture, (x, 0))
        x += picture.width + GAP
    return whole


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


def compare(taken: Image.Image, stored: Path) -> None:
    """Raises Failure if a picture of the page is not like the stored one."""
    if not stored.is_file():
        raise Failure(f"there is no picture {stored.name}")
    on_page = Image.open(stored).convert("RGB")
    if on_page.size != taken.size:
        raise Failure(
            "the page has changed, the picture has not: it has another size",
            "{} x {}".format(*on_page.size),
            "{} x {}".format(*taken.size),
        )
    changed = share_of_changes(on_page, taken)
    if changed >= TOLERATED_PIXELS:
        raise Failure(
            "the page has changed, the picture has not: "
            f"{changed:.1%} of its pixels are different"
        )


def share_of_changes(one: Image.Image, other: Image.Image) -> float:
    difference = ImageChops.difference(one, other).convert("L")
    histogram = difference.histogram()
    return sum(histogram[TOLERATED_CHANGE:]) / sum(histogram)
