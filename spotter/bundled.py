"""The bundled denoiser as a scorer whose name is known before it is loaded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from spotter.errors import SpotterError

if TYPE_CHECKING:
    from spotter.engine.elsewhere import Census
    from spotter.engine.scores import Asked, Memory, TokenScore
    from spotter.engine.spotting import Spotter, Window
    from spotter.syntax import Syntax

    Taken = tuple[Window, str, tuple[TokenScore, ...] | None]  # with its name and what is remembered of it


def fetched() -> Path:
    """Where the teacher's language model lies, fetched where it was not there."""
    try:
        from spotter.engine.fetching import fetch

        return fetch()
    except ModuleNotFoundError as error:
        raise SpotterError(f"--fetch: {error.name} is not installed; pip install 'spotter-lint[teacher]'") from error


class Bundled:
    """Loads the weights when the first file is to be scored: a run in which nothing changed never does."""

    @cached_property
    def fingerprint(self) -> str:
        """The weights' name, without a look at the weights themselves."""
        from spotter.engine.sums import bundled, fingerprint

        return fingerprint(bundled())

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The P(edit) above which clean code gives that many alerts per 1,000 lines."""
        return self._loaded.threshold(max_alerts_per_kloc)

    @property
    def languages(self) -> frozenset[str]:
        """What the weights know."""
        from spotter.engine.scores import LANGUAGES

        return LANGUAGES

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        """One score a token, in order; none for a language that the weights do not know."""
        return next(self.score_each([(syntax, None)])) if syntax.source.language in self.languages else ()

    def score_each(self, files: Iterable[Asked], memory: Memory | None = None) -> Iterator[tuple[TokenScore, ...]]:
        """For each file one score a token: as in the whole file in the windows that hold its lines, else 0.

        A window whose tokens are remembered is not run again: of an edited file those around the edit are.
        """
        from spotter.engine.scores import TokenScore

        waiting: deque[list[Taken]] = deque()
        for syntax, scores in self._loaded.score_each(self._new(files, memory, waiting)):
            found = {score.token: score for score in scores}
            fresh = {}
            for window, name, remembered in waiting.popleft():
                if remembered is None:
                    fresh[name] = tuple(replace(found[i], token=n) for n, i in enumerate(window.taken))
                else:
                    found.update((i, replace(remembered[n], token=i)) for n, i in enumerate(window.taken))
            if memory:
                memory.keep(fresh)
            yield tuple(found.get(i) or TokenScore(i, 0.0, ()) for i in range(len(syntax.tokens)))

    def _new(
        self, files: Iterable[Asked], memory: Memory | None, waiting: deque[list[Taken]]
    ) -> Iterator[tuple[Syntax, Sequence[Window]]]:
        """The windows of each file that must be run; all of them, with what is remembered of them, wait in order."""
        for syntax, lines in files:
            windows = [(window, window.name(syntax)) for window in self._windows(syntax, lines)]
            known = memory.recall([name for _, name in windows]) if memory else {}
            waiting.append([(window, name, known.get(name)) for window, name in windows])
            yield syntax, [window for window, name in windows if name not in known]

    def _windows(self, syntax: Syntax, lines: frozenset[int] | None) -> Sequence[Window]:
        windows = self._loaded.windows(syntax)
        if lines is None:
            return windows
        return [w for w in windows if any(syntax.tokens[i].line in lines for i in w.taken)]

    def among(self, scores: Iterable[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        """The scores that tokens have among the other files of a repository."""
        return self._loaded.among(scores, census)

    @cached_property
    def _loaded(self) -> Spotter:
        from spotter.engine.spotting import load

        return load()


class InTorch(Bundled):
    """The same weights in torch, loaded at once: where they run is part of their name."""

    def __init__(self) -> None:
        try:
            from spotter.engine.torch_runtime import load
        except ModuleNotFoundError as error:
            raise SpotterError(
                f"--runtime torch: {error.name} is not installed; pip install 'spotter-lint[torch]'"
            ) from error
        from spotter.engine.calibration import Calibration
        from spotter.engine.spotting import Spotter
        from spotter.engine.sums import bundled

        runtime, self.place = load(bundled())
        self.batch = runtime.batch
        self._spotter = Spotter(runtime, Calibration.read(runtime.calibration))

    @cached_property
    def fingerprint(self) -> str:
        """The weights' name, and where they run."""
        return self._spotter.fingerprint

    @cached_property
    def _loaded(self) -> Spotter:
        return self._spotter
