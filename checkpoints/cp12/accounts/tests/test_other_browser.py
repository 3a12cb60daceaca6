from asgiref.sync import sync_to_async

from accounts import watcher
from accounts.tests.conftest import Enter, a_browser_of, assert_refused, ping


async def test_who_logs_out_in_one_browser_stays_in_the_other(enter: Enter) -> None:
    laptop, phone = await a_browser_of("ada"), await a_browser_of("ada")
    at_laptop, at_phone = await enter(laptop), await enter(phone)

    await sync_to_async(laptop.post)("/accounts/logout/")
    await watcher.close_ended()

    await assert_refused(at_laptop, 4401, "Log in")
    await ping(at_phone)
