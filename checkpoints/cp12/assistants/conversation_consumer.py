import asyncio
import logging
from contextlib import suppress

from chanx.core.decorators import channel, ws_handler
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage
from django.db import Error

from assistants import answers, writing
from assistants.answers import Refused, in_thread
from assistants.messages import (
    AssistantMessage,
    CompleteStreamingMessage,
    CompleteStreamingPayload,
    Conversation,
    GetConversation,
    ResumeStreaming,
    StopStreaming,
    StreamingMessage,
    StreamingPayload,
    StreamingStartMessage,
)
from assistants.models import BROKEN, WRITING, Answer
from assistants.owned import OwnedConsumer
from chat import database, frames

# Who hears of no news looks for itself.
SECONDS_TO_LOOK = 1
# A question, or what was said before, costs as much as so many other messages.
TOKENS_A_QUESTION = 20

logger = logging.getLogger(__name__)


@channel(name="assistants", description="An assistant that answers in a stream.")
class ConversationAssistantConsumer(OwnedConsumer):
    """One connection to the assistant."""

    @ws_handler(summary="Check that the connection is alive")
    async def handle_ping(self, _message: PingMessage) -> PongMessage:
        """Answer, also while an answer is sent."""
        return PongMessage()

    @ws_handler(
        summary="Ask the assistant",
        output_type=StreamingStartMessage | StreamingMessage | CompleteStreamingMessage,
    )
    async def handle_assistant_message(self, message: AssistantMessage) -> None:
        """Begin an answer, and send it as it grows."""
        self.take(TOKENS_A_QUESTION)
        before = await in_thread(answers.newest)(self.owner)
        answer_id = await in_thread(answers.begin)(self.owner, message.payload)
        if writing.is_full_for(self.address):
            await in_thread(answers.withdraw)(answer_id)
            raise Refused("The assistant has too much to do. Ask again in a moment.")
        source = writing.answer_to(message.payload, before)
        writing.start(answer_id, source, self.address)
        payload = StreamingPayload(content="", id=answer_id, index=0)
        await self.send_message(StreamingStartMessage(payload=payload))
        await self.follow(answer_id, 0)

    @ws_handler(
        summary="Ask for the rest of an answer",
        output_type=StreamingMessage | CompleteStreamingMessage,
    )
    async def handle_resume_streaming(self, message: ResumeStreaming) -> None:
        """Send what comes after the last piece that the client has."""
        self.take(TOKENS_A_QUESTION)
        await self.follow(message.payload.id, message.payload.index)

    @ws_handler(summary="Stop an answer")
    async def handle_stop_streaming(self, message: StopStreaming) -> None:
        """End it for all who see it. Whoever writes it notices with the next piece."""
        await in_thread(answers.stop)(self.owner, message.payload.id)
        await writing.tell(message.payload.id)
        if task := writing.running.get(message.payload.id):
            task.cancel()

    @ws_handler(summary="Ask for what was said before")
    async def handle_get_conversation(self, _message: GetConversation) -> Conversation:
        """Answer with the last questions, and their answers as far as they go."""
        self.take(TOKENS_A_QUESTION)
        said = await in_thread(answers.conversation)(self.owner)
        return Conversation(payload=said)

    async def follow(self, answer_id: int, index: int) -> None:
        """Send the pieces after an index as they are stored, and then the end."""
        if self.following:
            raise Refused("An answer is on its way already. Wait for its end.")
        self.following = asyncio.current_task()
        self.has_grown = asyncio.Event()
        group = writing.group_of(answer_id)
        try:
            await self.join_group(group)
            answer = await self.send_pieces(answer_id, index)
        finally:
            self.following = None
            await self.leave_group(group)
        end = CompleteStreamingPayload(
            content=answer.reason,
            id=answer_id,
            index=answer.pieces_so_far,
            state=answer.state,
        )
        await self.send_message(CompleteStreamingMessage(payload=end))

    async def send_pieces(self, answer_id: int, index: int) -> Answer:
        """Send the pieces after an index, up to the end. Return the answer as it is."""
        answer: Answer
        while True:
            self.has_grown.clear()
            read = in_thread(answers.after)
            try:
                answer, pieces = await read(self.owner, answer_id, index)
            except Error as error:
                logger.error(database.explain(error))
                reason = database.TRY_AGAIN
                return Answer(state=BROKEN, reason=reason, pieces_so_far=index)
            for piece in pieces:
                index = piece.index
                payload = StreamingPayload(
                    content=piece.text, id=answer_id, index=index
                )
                # Who reads slowly has it sent slowly.
                await frames.room_for_more.get().wait()
                await self.send_message(StreamingMessage(payload=payload))
            if answer.state != WRITING:
                return answer
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_LOOK):
                    await self.has_grown.wait()

    async def answer_grown(self, _event: dict[str, str]) -> None:
        """There is news of the answer that this client follows."""
        self.has_grown.set()
