from asgiref.sync import sync_to_async

from assistants import answers
from assistants.models import COMPLETE
from assistants.tests.conftest import Connect, new_session
from assistants.tests.test_assistants import hear, send

ANSWER = "3,4,5"


async def test_who_comes_back_gets_what_comes_after(connect: Connect) -> None:
    session = await new_session()
    id = await sync_to_async(answers.begin)(f"session {session}", "?")
    for index in range(1, 6):
        await sync_to_async(answers.add)(id, index, "word ")
    await sync_to_async(answers.end)(id, COMPLETE, "")
    alice = await connect(session)

    await send(alice, "resume_streaming", id=id, index=2)
    indexes = []
    while (message := await hear(alice))["action"] == "streaming":
        indexes.append(str(message["payload"]["index"]))

    assert ",".join(indexes) == ANSWER
