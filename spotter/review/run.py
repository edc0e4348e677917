"""A review's questions asked: some at once, again after a failure, within a time and a number of tokens."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spotter.prompts import Prompt
from spotter.quoting import tokens
from spotter.review.answers import MalformedError
from spotter.review.models import Ask, NotNowError, RefusedError
from spotter.review.store import Answers, Reply

LONGEST_PAUSE = 60.0  # seconds
ROOM = 500  # tokens that an answer may take, for as long as it is not known


@dataclass(frozen=True, slots=True)
class Limits:
    """How a review is held back: questions at once, seconds an answer, times a question is asked again, and in all."""

    parallel: int = 4
    timeout: float = 120.0
    retries: int = 3
    seconds: float | None = None
    tokens: int | None = None
    pause: float = 1.0  # seconds before the first repetition; every further one waits twice as long


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt for a model, and the name under which the answer is kept. The check raises MalformedError."""

    model: str
    name: str
    prompt: Prompt
    ask: Ask
    check: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what came of it: the model's text, or why there is none."""

    question: Question
    text: str | None
    reason: str = ""
    remembered: bool = False
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class _Try:
    question: Question
    number: int
    started: float
    room: int


def run(questions: Sequence[Question], limits: Limits, kept: Answers) -> Iterator[Answered]:
    """Ask, and yield each question once, in the order in which they are settled.

    What is kept already is asked of nobody. An answer that stays malformed is kept as well, so that it is not paid for
    again; what failed or was not reached is asked in the next review.
    """
    fresh = []
    for question in questions:
        if reply := kept.get(question.name):
            yield _settled(question, reply, remembered=True)
        else:
            fresh.append(question)
    yield from _Run(limits, kept).ask(fresh)


class _Run:
    """One thread decides; each question that is out has a thread of its own, which a late answer cannot hold up."""

    def __init__(self, limits: Limits, kept: Answers) -> None:
        self._limits = limits
        self._kept = kept
        self._end = time.monotonic() + limits.seconds if limits.seconds else float("inf")
        self._spent = 0
        self._out: dict[int, _Try] = {}
        self._tickets = 0
        self._back: queue.SimpleQueue[tuple[int, Reply | Exception]] = queue.SimpleQueue()
        self._waiting: list[tuple[float, int, int, Question]] = []  # (not before, order, tries so far, question)

    def ask(self, questions: Sequence[Question]) -> Iterator[Answered]:
        self._waiting = [(0.0, order, 0, question) for order, question in enumerate(questions)]
        while self._waiting or self._out:
            yield from self._start()
            if not self._out and not self._waiting:
                return
            try:
                ticket, result = self._back.get(timeout=self._until())
            except queue.Empty:
                yield from self._overdue()
                continue
            if ticket in self._out:  # otherwise it comes too late
                yield from self._returned(self._out.pop(ticket), result)

    def _start(self) -> Iterator[Answered]:
        """Send out what may go now; give up what no cap leaves room for."""
        while self._waiting and len(self._out) < self._limits.parallel:
            now = time.monotonic()
            not_before, _, tries, question = self._waiting[0]
            if now >= self._end:
                yield from self._give_up("the time for the review is over")
                return
            room = tokens(question.prompt.text) + ROOM
            held = sum(one.room for one in self._out.values())
            if self._limits.tokens is not None and self._spent + held + room > self._limits.tokens:
                if not self._out:
                    yield from self._give_up("the tokens for the review are spent")
                return
            if not_before > now:
                return
            heapq.heappop(self._waiting)
            self._tickets += 1
            self._out[self._tickets] = _Try(question, tries + 1, now, room)
            threading.Thread(target=self._carry, args=(self._tickets, question), daemon=True).start()

    def _carry(self, ticket: int, question: Question) -> None:
        try:
            self._back.put((ticket, question.ask(question.prompt)))
        except Exception as error:  # of a plugin; it must reach the thread that decides
            self._back.put((ticket, error))

    def _until(self) -> float:
        """Seconds until something is due without an answer."""
        now = time.monotonic()
        due = [one.started + self._limits.timeout for one in self._out.values()]
        due += [self._end] if self._out else []
        if self._waiting and len(self._out) < self._limits.parallel:
            due += [self._waiting[0][0]] if self._waiting[0][0] > now else []
        return min(max(min(due, default=now) - now, 0.001), 3600.0)

    def _overdue(self) -> Iterator[Answered]:
        now = time.monotonic()
        for ticket, one in list(self._out.items()):
            if now >= self._end:
                self._spent += self._out.pop(ticket).room
                yield Answered(one.question, None, "the time for the review is over")
            elif now >= one.started + self._limits.timeout:
                self._spent += self._out.pop(ticket).room  # it may well be billed
                yield from self._failed(one, NotNowError(f"no answer within {self._limits.timeout:g} s", 0.0))

    def _returned(self, one: _Try, result: Reply | Exception) -> Iterator[Answered]:
        if isinstance(result, Exception):
            yield from self._failed(one, result)
            return
        self._spent += result.tokens
        try:
            one.question.check(result.text)
        except MalformedError as error:
            if one.number <= self._limits.retries:
                yield from self._failed(one, error)
                return
        self._kept.put(one.question.name, one.question.model, result)
        yield _settled(one.question, result, remembered=False)

    def _failed(self, one: _Try, error: Exception) -> Iterator[Answered]:
        if isinstance(error, RefusedError) or one.number > self._limits.retries:
            yield Answered(one.question, None, str(error) or type(error).__name__)
            return
        pause = max(
            self._limits.pause * 2 ** (one.number - 1), error.seconds if isinstance(error, NotNowError) else 0.0
        )
        at = time.monotonic() + min(pause, LONGEST_PAUSE)
        self._tickets += 1
        heapq.heappush(self._waiting, (at, self._tickets, one.number, one.question))

    def _give_up(self, reason: str) -> Iterator[Answered]:
        for _, _, _, question in sorted(self._waiting, key=lambda row: row[1]):
            yield Answered(question, None, reason)
        self._waiting = []


def _settled(question: Question, reply: Reply, *, remembered: bool) -> Answered:
    try:
        question.check(reply.text)
    except MalformedError as error:
        return Answered(question, None, f"malformed: {error}", remembered, reply.tokens)
    return Answered(question, reply.text, "", remembered, reply.tokens)
