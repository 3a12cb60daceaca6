from playwright.sync_api import Page

# Resolves when the connection of the extension is open, or is not. The page's policy
# forbids what wait_for_function() does.
WAIT = """
isOpen => new Promise((resolve) => {
  const look = () => {
    const socket = document.body._htmx?.ws?.connection?.socket;
    if ((socket?.readyState === WebSocket.OPEN) === isOpen) resolve();
    else setTimeout(look, 20);
  };
  look();
})
"""


def wait_until_open(page: Page, is_open: bool = True) -> None:
    page.evaluate(WAIT, is_open)
