"""`spotter score`: every lexical token of a file with its P(edit), one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from spotter.assembly import tools_of
from spotter.bundled import InTorch
from spotter.engine.scores import Scorer, TokenScore
from spotter.measuring import BATCH, census_of, measure, placed
from spotter.progress import watched
from spotter.request import Request, scope_of, task_of
from spotter.source import Source, Unread
from spotter.syntax import Syntax, parse

Scored = tuple[Source, tuple[TokenScore, ...]]


def score(paths: Sequence[Path], scorer: Scorer | None = None) -> Iterator[str | Unread]:
    """The lines of every file, by the bundled denoiser or another, and what could not be scored."""
    for found in scored(paths, scorer):
        if isinstance(found, Unread):
            yield found
        else:
            source, scores = found
            yield from rows(parse(source), scores)


def scored(paths: Sequence[Path], scorer: Scorer | None = None) -> Iterator[Scored | Unread]:
    """Every file with one score a token, by the bundled denoiser or another, and what could not be scored."""
    request = Request(tuple(paths), select=("SP1",))
    scope = scope_of(request)
    task = task_of(request, scope)
    yield from task.unread
    tools, cache = tools_of(scope.config, ()), scope.cache()
    scorer = scorer or tools.scorer
    known = census_of((*task.sources, *task.neighbours), scorer)
    for at in range(0, len(task.sources), BATCH):
        sources = task.sources[at : at + BATCH]
        measured = placed(measure(sources, tools.extract, scorer, cache, watched), known, scorer)
        for source in sources:
            found = measured.get(source.path)
            if found is None:
                yield Unread(source.path, "takes too long or too much memory to measure")
            elif found.scores is None:
                yield Unread(source.path, f"no weights know {source.language}")
            else:
                yield source, found.scores
    cache.close()


def in_torch() -> InTorch:
    """The bundled denoiser in torch; where it runs is said on stderr."""
    found = InTorch()
    print(f"spotter: the bundled denoiser on {found.place}, {found.batch} windows at once", file=sys.stderr)
    return found


def rows(syntax: Syntax, scores: Sequence[TokenScore]) -> Iterator[str]:
    """The tokens of a source in order. The edit is the likeliest one, keep where none is likelier than not."""
    for score in scores:
        token = syntax.tokens[score.token]
        likely = score.proposals[0].edit if score.p_error >= 0.5 and score.proposals else "keep"
        row = {
            "path": syntax.source.path,
            "line": token.line,
            "column": token.column,
            "end_line": token.end_line,
            "end_column": token.end_column,
            "text": token.text,
            "p_error": round(score.p_error, 6),
            "edit": likely,
            "suggestions": [{"edit": p.edit, "text": p.text, "p": round(p.p, 4)} for p in score.proposals],
        }
        yield json.dumps(row, ensure_ascii=True)
