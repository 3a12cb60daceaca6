"""What the page costs; the figures are printed after the tests."""

import json
from contextlib import ExitStack
from statistics import median

from playwright.sync_api import Response
from websockets import Origin
from websockets.sync.client import connect

from tests.browser.windows import Chat, Windows
from tests.conftest import Note

BYTES = 40_000
MILLISECONDS_TO_JOIN = 300
MESSAGES = 1000
TALKERS = 4
BATCH = 50
# At 60 pictures a second there is so much time for each.
MILLISECONDS_OF_A_FRAME = 16

# Notes the time from the click until one can write.
WATCH_ENTRANCE = """() => {
  let clicked;
  const chat = document.getElementById("chat");
  const message = document.getElementById("message");
  document.getElementById("join").addEventListener("click", () => {
    clicked = performance.now();
  });
  new MutationObserver(() => {
    const isReady = chat.dataset.state === "joined" && !chat.hidden;
    if (isReady && !message.disabled && window.took === undefined) {
      window.took = performance.now() - clicked;
    }
  }).observe(chat, { attributes: true });
}"""

# Notes the longest stretch without a picture, and each task that blocks the page.
WATCH_FRAMES = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => {
    window.tasks.push(...list.getEntries().map((entry) => entry.duration));
  }).observe({ type: "longtask" });
  window.gaps = [];
  let before = performance.now();
  requestAnimationFrame(function next(now) {
    window.gaps.push(now - before);
    before = now;
    requestAnimationFrame(next);
  });
}"""

HAS_LINES = "count => document.querySelectorAll('#log > .message').length === count"

# Adds messages one by one as a server would, and lays out the page after each.
TIME_MESSAGES = """async () => {
  const { addLine } = await import("/static/chat/log.js");
  const log = document.getElementById("log");
  const times = [];
  for (let number = 0; number < 100; number++) {
    const before = performance.now();
    addLine("message", "Bob", `one more message, ${number}`);
    log.getBoundingClientRect();
    times.push(performance.now() - before);
  }
  return times;
}"""


def new_chat_message(name: str) -> str:
    payload = {"message": "Is this still smooth?", "name": name}
    return json.dumps({"action": "new_chat_message", "payload": payload})


def test_the_page_is_small(windows: Windows, server: str, note: Note) -> None:
    page = windows.new()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"http://{server}/chat/")
    Chat(page).is_on_landing_page()

    sizes = {r.url.rpartition("/chat/")[2]: len(r.body()) for r in responses}
    total = sum(sizes.values())

    note("bytes of the chat page", f"{total:,} in {len(sizes)} files")
    assert "client.js" in sizes
    assert total < BYTES


def test_one_can_write_soon_after_the_click(
    windows: Windows, room: str, note: Note
) -> None:
    times = []
    for number in range(7):
        chat = Chat(windows.open("/chat/"))
        chat.page.evaluate(WATCH_ENTRANCE)
        chat.join(f"guest {number}", room)
        chat.is_joined()
        times.append(chat.page.evaluate("window.took"))
        chat.say("Hello")
        chat.has_delivered_all()
        chat.page.close()

    note(
        "from the click to joined, milliseconds",
        f"median {median(times):.0f}, longest {max(times):.0f}",
    )
    assert median(times) < MILLISECONDS_TO_JOIN


def test_a_thousand_messages_stay_smooth(
    windows: Windows, room: str, server: str, note: Note
) -> None:
    ada = windows.join("Ada", room)
    ada.page.evaluate(WATCH_FRAMES)
    url = f"ws://{server}/ws/chat/{room}/"
    # Several, because the server limits how much one of them may say. And the channel
    # layer lets messages fall that come faster than they can be passed on.
    with ExitStack() as stack:
        talkers = [
            stack.enter_context(connect(url, origin=Origin(f"http://{server}")))
            for _ in range(TALKERS)
        ]
        for number in range(MESSAGES // BATCH):
            for _ in range(BATCH):
                talkers[number % TALKERS].send(new_chat_message(f"talker {number}"))
            ada.page.wait_for_function(HAS_LINES, arg=(number + 1) * BATCH)
    gaps = sorted(ada.page.evaluate("window.gaps"))
    tasks = ada.page.evaluate("window.tasks")
    times = sorted(ada.page.evaluate(TIME_MESSAGES))

    note(
        f"{MESSAGES:,} messages",
        f"frames {median(gaps):.0f} ms apart, 99 % within "
        f"{gaps[len(gaps) * 99 // 100]:.0f} ms, {len(tasks)} tasks over 50 ms; "
        f"one more message takes {median(times):.2f} ms, at most {times[-1]:.2f} ms",
    )
    assert median(times) < MILLISECONDS_OF_A_FRAME
    assert median(gaps) < 2 * MILLISECONDS_OF_A_FRAME
