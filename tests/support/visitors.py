"""People with a browser that has no scripts: it keeps cookies, and sends forms."""

from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

SECONDS = 100
PASSWORD = "correct horse battery"


class Visitor:
    """One browser. All servers at 127.0.0.1 get the same cookies, as with a real one.

    Methods raise urllib.error.HTTPError for an answer that is an error.
    """

    # The path of the page that came last.
    at = ""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = CookieJar()
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.jar))

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.jar}

    @property
    def headers(self) -> dict[str, str]:
        """What a WebSocket handshake of this browser carries."""
        pairs = [f"{name}={value}" for name, value in self.cookies.items()]
        return {"Cookie": "; ".join(pairs)}

    def get(self, path: str) -> str:
        return self._open(Request(self._url(path)))

    def send(self, path: str, **fields: str) -> str:
        """Send a form, and return the page that comes, after all redirections."""
        if "csrftoken" not in self.cookies:
            self.get("/accounts/login/")
        data = urlencode(fields | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
        return self._open(Request(self._url(path), data.encode()))

    def sign_up(self, name: str) -> None:
        both = {"password1": PASSWORD, "password2": PASSWORD}
        self.send("/accounts/signup/", username=name, **both)

    def log_in(self, name: str) -> None:
        self.send("/accounts/login/", username=name, password=PASSWORD)

    def _url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def _open(self, request: Request) -> str:
        with self._opener.open(request, timeout=SECONDS) as response:
            self.at = urlsplit(response.url).path
            text: str = response.read().decode()
        return text
