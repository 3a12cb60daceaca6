"""The documentation under /asyncapi/: its page is drawn, and its document is valid."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Route, expect

from tests.browser.npm import unpack
from tests.browser.windows import Windows
from tests.support.programs import Programs

# It gets packages from the network.
pytestmark = pytest.mark.slow

SPECIFICATION = "@asyncapi/specs@6.11.1"
# Chanx names a release of its viewer that is too young for some registries to have.
# This is the one before, and the hash of its script; the style is the same in both, so
# that has to pass with the hash that Chanx gives.
VIEWER = "@asyncapi/react-component@3.2.1"
HASH = "sha384-wy5bSOazlkSKMGH7XMW6+pK8ho8+rCPr7mTqKdAb/dvfwXAPWCFivgr3C7wJMFAh"
SETTINGS = f"""
from config.settings import *

CHANX |= {{
    "ASYNCAPI_DOCS_JS_URL": "https://unpkg.com/{VIEWER}/browser/standalone/index.js",
    "ASYNCAPI_DOCS_JS_INTEGRITY": "{HASH}",
}}
"""


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose documentation wants that viewer."""
    folder = tmp_path_factory.mktemp("documented")
    (folder / "settings_with_viewer.py").write_text(SETTINGS)
    with Programs(folder, PYTHONPATH=str(folder)) as programs:
        server = programs.daphne(DJANGO_SETTINGS_MODULE="settings_with_viewer")
        yield server.address


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(VIEWER, tmp_path_factory.mktemp("viewer"))


def test_the_page_lists_every_operation_and_every_action(
    windows: Windows, documented: str, viewer: Path
) -> None:
    def answer(route: Route) -> None:
        path = re.sub(r"^.*/react-component@[\d.]+/", "", route.request.url)
        headers = {"access-control-allow-origin": "*"}
        route.fulfill(path=viewer / path, headers=headers)

    page = windows.new()
    page.route("https://unpkg.com/**", answer)
    # The viewer is large.
    page.goto(f"http://{documented}/asyncapi/docs/", timeout=60_000)

    document = json.loads(schema_of(documented))
    expect(page.locator("#introduction")).to_contain_text("Chat 1.0.0")
    for name in document["operations"]:
        expect(page.locator(f"#operations [id$=-{name}]")).to_contain_text(name)
    for name, message in document["components"]["messages"].items():
        model = message["payload"]["$ref"].rpartition("/")[2]
        action = document["components"]["schemas"][model]["properties"]["action"]
        shown = page.locator(f"#message-{name}")
        shown.get_by_text("Expand all").first.click()
        expect(shown).to_contain_text(action["const"])


def test_the_document_is_valid(server: str, tmp_path: Path) -> None:
    document = tmp_path / "schema.json"
    document.write_bytes(schema_of(server))
    official = unpack(SPECIFICATION, tmp_path) / "schemas" / "3.0.0.json"

    check = ["check_jsonschema", "--schemafile", str(official), str(document)]
    result = subprocess.run(
        [sys.executable, "-m", *check], capture_output=True, text=True
    )

    assert json.loads(document.read_bytes())["asyncapi"] == "3.0.0"
    assert result.returncode == 0, result.stdout


def schema_of(address: str) -> bytes:
    with urlopen(f"http://{address}/asyncapi/schema/", timeout=10) as response:
        answer: bytes = response.read()
    return answer
