import http.client
from urllib.parse import urlencode

import pytest

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import RUN, Examples, Server
from tests.support.commands import Command
from tests.support.ports import free_ports
from tests.support.running import Program

pytestmark = pytest.mark.covers("G10")

CELERY = ["--app", "outside.tasks", "worker", "--pool", "solo", "--loglevel", "INFO"]

CHECK = """
import asyncio
from outside.models import Order
from outside.news import tell

Order.objects.create(item="a bulk"), Order.objects.bulk_create([Order(item="silent")])
Order.objects.update(is_packed=True)
tell("the end")

async def wrong():
    tell("never")

try:
    asyncio.run(wrong())
except RuntimeError as error:
    print(error)
"""


@pytest.fixture
def shop(
    serve_example: ServeExample, run_example: RunExample, redis_url: str
) -> Server:
    done = run_example("outside/orders.py", "migrate", "--run-syncdb")
    assert done.returncode == 0, done.stderr
    return serve_example("outside/orders.py", REDIS_URL=redis_url)


@pytest.fixture(scope="module")
def celery(examples: Examples, redis_url: str) -> Program:
    """A real worker of Celery."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EXAMPLE": "outside.orders",
        "REDIS_URL": redis_url,
    }
    command = ["python", "-m", "celery", *CELERY]
    return examples.start(*command, until="ready.", **environment)


def order(shop: Server, item: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(shop.host, shop.port, timeout=20)
    connection.request(
        "POST",
        "/orders/",
        urlencode({"item": item}),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_view_a_signal_and_a_task_are_heard(shop: Server, celery: Command) -> None:
    with shop.connect("/ws/orders/") as socket:
        assert order(shop, "a teapot") == (201, "a teapot is ordered\n")

        assert socket.recv(timeout=10) == "a teapot is ordered"
        assert socket.recv(timeout=20) == "a teapot is packed"
    celery.wait_for_output("succeeded")


@pytest.mark.parametrize("item", ["", "  ", "x" * 41])
def test_a_bad_order_is_refused_and_not_told(shop: Server, item: str) -> None:
    with shop.connect("/ws/orders/") as socket:
        assert order(shop, item) == (400, "Name an item of 1 to 40 characters.\n")

        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.3)


def test_a_command_is_heard(
    shop: Server, run_example: RunExample, redis_url: str
) -> None:
    with shop.connect("/ws/orders/") as socket:
        run_example("outside/orders.py", "close_shop", REDIS_URL=redis_url)

        assert socket.recv(timeout=10) == "the shop is closed"


def test_over_the_in_memory_layer_a_command_tells_nobody(
    shop: Server, run_example: RunExample
) -> None:
    with shop.connect("/ws/orders/") as socket:
        done = run_example("outside/orders.py", "close_shop")

        assert (done.returncode, done.stderr) == (0, "")
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.3)


def test_what_tells_and_what_does_not(
    shop: Server, run_example: RunExample, redis_url: str
) -> None:
    with shop.connect("/ws/orders/") as socket:
        done = run_example(
            "outside/orders.py", "shell", "--command", CHECK, REDIS_URL=redis_url
        )

        assert socket.recv(timeout=10) == "a bulk is ordered"
        assert socket.recv(timeout=10) == "the end"
    assert "You cannot use AsyncToSync in the same thread as an async event" in (
        done.stdout + done.stderr
    )


def test_an_outage_of_redis_is_one_line_and_the_order_stands(
    run_example: RunExample, shop: Server
) -> None:
    nobody = f"redis://127.0.0.1:{free_ports(1)[0]}"
    save = "from outside.models import Order; Order.objects.create(item='a lamp')"

    done = run_example("outside/orders.py", "shell", "-c", save, REDIS_URL=nobody)

    assert done.returncode == 0
    assert "Nobody hears that a lamp is ordered: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_layer_may_be_missing(run_example: RunExample) -> None:
    ask = (
        "from django.conf import settings; settings.CHANNEL_LAYERS = {};"
        "from channels.layers import get_channel_layer; print(get_channel_layer())"
    )

    done = run_example("outside/orders.py", "shell", "--command", ask)

    assert done.stdout.splitlines()[-1] == "None"


@pytest.mark.covers("G10", "C6")
def test_only_a_channel_with_a_name_waits_for_a_worker(
    serve_example: ServeExample, redis_url: str, examples: Examples
) -> None:
    server = serve_example("outside/labels.py", REDIS_URL=redis_url)
    with server.connect("/ws/desk/") as socket:
        socket.send("fragile" * 10)
        # No worker runs, and the consumer does.
        assert socket.recv(timeout=10) == "waiting for the printer"
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.5)

        command = [*RUN, "outside/labels.py", "runworker", "labels"]
        with examples.start(*command, REDIS_URL=redis_url):
            assert socket.recv(timeout=60) == f"printed: {('fragile' * 10)[:40]}"
