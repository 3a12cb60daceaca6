import pytest

from tests.examples.conftest import ServeExample
from tests.examples.server import Server

SITE = "performance/site.py"


@pytest.fixture(scope="module")
def server(serve_example: ServeExample) -> Server:
    return serve_example(SITE)
