"""Reviewing models by name, through the `llm` library: any provider of its plugins, any server of its configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from spotter.errors import SpotterError
from spotter.prompts import Prompt
from spotter.quoting import tokens
from spotter.review.answers import schema
from spotter.review.store import Reply
from spotter.visible import visible

if TYPE_CHECKING:
    import llm

Ask = Callable[[Prompt], Reply]
AGAIN = (408, 409, 425, 429)  # of the answers 4xx of HTTP, those after which the same question may be asked again


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A model by the name that `llm` has for it, and what asks it."""

    name: str
    ask: Ask


class RefusedError(Exception):
    """The model will never answer this: asking again is of no use."""


class NotNowError(Exception):
    """The model did not answer this time; after so many seconds it may."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


def reviewer(name: str, opening: str) -> Reviewer:
    """The model of a name or alias; SpotterError where `llm` is not installed, is broken, or knows no such model.

    The opening, where there is one, is put into the model's mouth as the beginning of its reasoning.
    """
    try:
        import llm
    except ImportError:
        raise SpotterError("review needs the library llm: pip install 'spotter-lint[review]'") from None
    try:
        model = llm.get_model(name)
    except llm.UnknownModelError:
        raise SpotterError(f"{name}: llm knows no such model; `llm models` lists those that it knows") from None
    except Exception as error:  # it reads its settings and loads all plugins, and each may fail in its own way
        advice = "mend its plugins or settings, until `llm models` works"
        raise SpotterError(f"llm does not start ({visible(_said(error))}); {advice}") from error

    def ask(prompt: Prompt) -> Reply:
        try:
            response = model.prompt(**_question(llm, model, prompt, opening))
            text = response.text()
            usage = response.usage()
        except llm.NeedsKeyException as error:
            raise RefusedError(f"{error}; `llm keys set` stores one") from error
        except Exception as error:  # every provider has exceptions of its own
            raise _failure(error) from error
        spent = (usage.input or 0) + (usage.output or 0)
        return Reply(text, spent or tokens(prompt.text) + tokens(text))

    return Reviewer(model.model_id, ask)


def _question(library: Any, model: llm.Model, prompt: Prompt, opening: str) -> dict[str, Any]:
    if opening:
        return {"messages": [library.user(prompt.text), library.assistant(opening)], "stream": False}
    form = {"schema": schema(prompt)} if model.supports_schema else {}
    return {"prompt": prompt.text, "stream": False, **form}


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _failure(error: Exception) -> Exception:
    """Whether it is of use to ask again, by the code of HTTP where the provider gives one."""
    status = getattr(error, "status_code", None)
    reason = _said(error)
    if isinstance(status, int) and 400 <= status < 500 and status not in AGAIN:
        return RefusedError(reason)
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        wait = float(headers.get("retry-after", 0))
    except (TypeError, ValueError):
        wait = 0.0
    return NotNowError(reason, wait if isfinite(wait) else 0.0)
