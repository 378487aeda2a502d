"""A mail server that takes mails for real, and can have something done at the worst moment."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller

from launch import port


class PostOffice:
    """Counts what it took by Message-ID. before_answer: called with each mail's Message-ID and to whom, once the mail
    is taken and before the sender hears of it.
    """

    def __init__(self, before_answer: Callable[[str, str], None] = lambda message_id, to: None):
        self._before_answer = before_answer
        self._lock = threading.Lock()
        self.taken: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, server, session, envelope):
        message_id = str(message_from_bytes(envelope.content)["Message-ID"])
        to = envelope.rcpt_tos[0]
        with self._lock:
            self.taken[(message_id, to)] += 1
        self._before_answer(message_id, to)
        return "250 taken"


@contextmanager
def post_office(
    before_answer: Callable[[str, str], None] = lambda message_id, to: None,
) -> Iterator[tuple[PostOffice, str]]:
    """The office and its address, as EMAIL_URL says it."""
    office = PostOffice(before_answer)
    number = port.choose("127.0.0.1", None)
    controller = Controller(office, hostname="127.0.0.1", port=number)
    controller.start()
    try:
        yield office, f"smtp://127.0.0.1:{number}"
    finally:
        controller.stop()
