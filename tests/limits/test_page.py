"""What the page costs; the figures are printed after the tests."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

import pytest
from playwright.sync_api import Browser, CDPSession, Response
from websockets import Origin
from websockets.sync.client import connect

from tests.browser.windows import Chat, Windows
from tests.conftest import Note
from tests.support.programs import Programs

BYTES = 50_000
MILLISECONDS_TO_JOIN = 300
MESSAGES = 1000
TALKERS = 4
BATCH = 50
# The time between two of the screen's pictures.
MILLISECONDS_FOR_A_MESSAGE = 1000 / 60

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

# Notes how far the pictures on the screen are apart.
WATCH_FRAMES = """() => {
  window.gaps = [];
  let before = performance.now();
  requestAnimationFrame(function next(now) {
    window.gaps.push(now - before);
    before = now;
    requestAnimationFrame(next);
  });
}"""

HAS_LINES = "count => document.querySelectorAll('#log > .message').length === count"

# Adds messages one by one, and has the page laid out after each.
ADD_MESSAGES = """async (count) => {
  const { addLine } = await import("/static/chat/log.js");
  for (let number = 0; number < count; number++) {
    addLine("message", "Bob", `one more message, ${number}`);
    document.getElementById("log").getBoundingClientRect();
  }
}"""


# How long it takes to open a socket and to be answered, without the page's code.
ASK = """path => new Promise((resolve) => {
  const began = performance.now();
  const socket = new WebSocket(`ws://${location.host}${path}`);
  socket.onopen = () => socket.send('{"action": "ping"}');
  socket.onmessage = () => resolve(performance.now() - began);
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Programs(tmp_path_factory.mktemp("page")) as programs:
        yield programs.daphne().address


@pytest.fixture
def windows(browser: Browser, server: str) -> Iterator[Windows]:
    with Windows(browser, server) as windows:
        yield windows


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


@pytest.mark.timed
def test_one_can_write_soon_after_the_click(windows: Windows, note: Note) -> None:
    times, bare = [], []
    for number in range(7):
        chat = Chat(windows.open("/chat/"))
        bare.append(chat.page.evaluate(ASK, "/ws/chat/elsewhere/"))
        chat.page.evaluate(WATCH_ENTRANCE)
        chat.join(f"guest {number}", "lobby")
        chat.is_joined()
        times.append(chat.page.evaluate("window.took"))
        chat.say("Hello")
        chat.has_delivered_all()
        chat.page.close()

    note(
        "from the click to joined, milliseconds",
        f"median {median(times):.0f}, longest {max(times):.0f}",
    )
    # On a busy computer, a socket alone may take longer.
    assert median(times) < max(MILLISECONDS_TO_JOIN, 5 * median(bare))


@pytest.mark.timed
def test_a_thousand_messages_stay_smooth(
    windows: Windows, server: str, note: Note
) -> None:
    ada = windows.join("Ada", "smooth")
    ada.page.evaluate(WATCH_FRAMES)
    url, origin = f"ws://{server}/ws/chat/smooth/", Origin(f"http://{server}")
    # Several, because the server limits how much one of them may say. And the channel
    # layer lets messages fall that come faster than they can be passed on.
    with ExitStack() as stack:
        talkers = [
            # Nobody reads what they hear: it may pile up.
            stack.enter_context(connect(url, origin=origin, max_queue=None))
            for _ in range(TALKERS)
        ]
        for number in range(MESSAGES // BATCH):
            for _ in range(BATCH):
                talkers[number % TALKERS].send(new_chat_message(f"talker {number}"))
            ada.page.wait_for_function(HAS_LINES, arg=(number + 1) * BATCH)
    gaps = sorted(ada.page.evaluate("window.gaps"))
    tools = ada.developer_tools()
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = milliseconds_worked(tools)
    ada.page.evaluate(ADD_MESSAGES, BATCH)
    one_more = (milliseconds_worked(tools) - before) / BATCH

    note(
        f"with {MESSAGES:,} messages in the log",
        f"one more takes {one_more:.1f} ms; while they came, pictures were "
        f"{median(gaps):.0f} ms apart, 99 % of them at most "
        f"{gaps[len(gaps) * 99 // 100]:.0f} ms",
    )
    assert one_more < MILLISECONDS_FOR_A_MESSAGE


def milliseconds_worked(tools: CDPSession) -> float:
    """How long the page has worked so far, whatever else the computer does."""
    metrics = tools.send("Performance.getMetrics")["metrics"]
    seconds = {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]
    return float(seconds) * 1000
