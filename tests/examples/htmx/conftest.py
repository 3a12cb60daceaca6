from playwright.sync_api import Page

# Resolves when the connection of the extension is open, or is not. The page's policy
# forbids what wait_for_function() does.
WAIT = """
isOpen => new Promise((resolve, reject) => {
  const look = () => {
    const socket = document.body._htmx?.ws?.connection?.socket;
    if ((socket?.readyState === WebSocket.OPEN) === isOpen) resolve();
    else setTimeout(look, 20);
  };
  look();
  setTimeout(() => reject(new Error(`open: ${!isOpen}`)), 60_000);
})
"""


def wait_until_open(page: Page, is_open: bool = True) -> None:
    page.evaluate(WAIT, is_open)


def tell(page: Page, message: str) -> None:
    """Notify all, with the page's form."""
    page.get_by_label("Message").fill(message)
    with page.expect_response("**/notify/"):
        page.get_by_role("button").click()
