"""The same test in both of Django's classes. On PostgreSQL only one of them passes."""

from channels.testing import WebsocketCommunicator
from databases.lines import LinesConsumer
from databases.models import Line
from django.test import TestCase, TransactionTestCase


async def lines_after_one_is_sent() -> int:
    client = WebsocketCommunicator(LinesConsumer.as_asgi(), "/ws/lines/")
    await client.connect()
    await client.send_to(text_data="hello")
    await client.receive_from(timeout=10)
    await client.disconnect()
    lines: int = await Line.objects.acount()
    return lines


class InTransactionTests(TestCase):
    async def test_a_line_is_kept(self) -> None:
        assert await lines_after_one_is_sent() == 1


class WithoutTransactionTests(TransactionTestCase):
    async def test_a_line_is_kept(self) -> None:
        assert await lines_after_one_is_sent() == 1
