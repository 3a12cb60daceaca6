"""The page of jobs: asked for here, done elsewhere, seen in every window."""

from playwright.sync_api import Page, expect

from tests.browser.windows import SERVER_IS_AWAY, Windows, serious_faults
from tests.support.ports import free_port
from tests.support.programs import Programs


def begin(page: Page, task: str, room: str) -> None:
    expect(page.locator("#status")).to_have_text("connected")
    page.select_option("#task", task)
    page.fill("#room", room)
    page.click("#begin")


def test_a_job_outlives_its_server_and_is_downloaded_in_another_window(
    windows: Windows, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    port = free_port()
    programs.variables["RESULTS"] = str(programs.folder / "results")
    with programs.daphne(port=port) as server:
        windows.join("Ada", "lobby", server.address).say("hello")
        first = windows.open("/system/", server.address)
        second = first.context.new_page()
        second.goto(first.url)
        expect(second.locator("#status")).to_have_text("connected")
        begin(first, "export", "lobby")
        for page in first, second:
            waits = page.locator("#jobs .queued .state")
            expect(waits).to_have_text(
                "No worker runs. Start one: python manage.py work"
            )
    programs.start("python", "manage.py", "work", until="waits for jobs")
    with programs.daphne(port=port):
        for page in first, second:
            expect(page.locator("#jobs .done strong")).to_have_text("History of lobby")
        with second.expect_download() as download:
            second.get_by_role("link", name="Download History of lobby").click()
        assert download.value.suggested_filename == "history.zip"


def test_what_is_refused_and_cancelled_is_said(windows: Windows, room: str) -> None:
    windows.join("Ada", room).say("<b>hello</b>")
    page = windows.open(
        "/system/", color_scheme="dark", viewport={"width": 360, "height": 640}
    )

    begin(page, "export", "nowhere")
    expect(page.locator("#error")).to_have_text(
        "You know no room of that name in which something was said."
    )
    begin(page, "statistics", room)
    page.get_by_role("button", name=f"Cancel Statistics of {room}").press("Enter")

    expect(page.locator("#jobs .failed .state")).to_have_text("You have cancelled it.")
    expect(page.locator("#news")).to_contain_text("You have cancelled it.")
    expect(page.locator("#error")).to_be_empty()
    assert page.evaluate("document.body.scrollWidth <= innerWidth")
    assert serious_faults(page) == []
