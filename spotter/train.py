"""`spotter train` and `spotter calibrate`: from a list of packages to bundled weights. Needs the extra `torch`."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIALECT = click.option(
    "--dialect",
    type=click.Choice(("python", "javascript")),
    default="python",
    show_default=True,
    help="Of the denoiser.",
)


@click.group()
def train() -> None:
    """Train a denoiser: corpus, run, export, then calibrate."""


@train.command()
@click.argument("data", type=FOLDER)
@DIALECT
def corpus(data: Path, dialect: str) -> None:
    """Fetch the listed packages with pip or npm and write DATA/shards and DATA/vocabulary.json."""
    from spotter.engine.corpus import build

    build(data, dialect)


@train.command()
@click.argument("data", type=FOLDER)
@DIALECT
@click.option("--fixes", type=FILE, multiple=True, help="Real fixes known already, left out; again for more.")
def releases(data: Path, dialect: str, fixes: tuple[Path, ...]) -> None:
    """Mine the listed bug-fix releases, fetched with pip or npm, and write DATA/releases.jsonl.gz for `run --fixes`."""
    from spotter.engine.releases import build, releases_of

    click.echo(build(data, releases_of(dialect), fixes))


@train.command()
@click.argument("data", type=FOLDER)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--readings", type=FILE, multiple=True, required=True, help="Judged findings, as TSV; again for more.")
@click.option("--fixes", type=FILE, multiple=True, help="Real fixes that the denoiser has read, left out.")
def ranking(data: Path, out: Path, readings: tuple[Path, ...], fixes: tuple[Path, ...]) -> None:
    """Fit the order of findings into OUT, on bug-fix releases, fetched with pip, and on planted errors.

    DATA/ranking keeps what was read of them: with other weights of the denoiser the same command is short.
    """
    from spotter.fitting import learn

    click.echo(learn(data / "ranking", out, readings, fixes))


@train.command()
@click.argument("data", type=FOLDER)
@click.option("--fixes", type=FILE, multiple=True, help="Real fixes that the denoiser has read, left out.")
def judge(data: Path, fixes: tuple[Path, ...]) -> None:
    """Judge the order of findings on bug-fix releases of other projects, which nothing was fitted to."""
    from spotter.fitting import judge

    click.echo(judge(data / "ranking", fixes))


@train.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def words(data: Path, out: Path) -> None:
    """Write the words that one in sixty of DATA's packages makes names of to OUT, for metrics/languages."""
    from spotter.engine.common_words import build

    click.echo(f"{out}: {build(data, out):,} words")


@train.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def ngram(data: Path, out: Path) -> None:
    """Count the 6-grams of DATA's shards into OUT, for `spotter bench --scorers ngram=OUT`."""
    from spotter.engine.baselines.ngram_corpus import build

    click.echo(f"{out}: {sum(len(order.grams) for order in build(data / 'shards', out).orders)} n-grams")


@train.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--fixes", type=FILE, multiple=True, required=True, help="Real fixes, gzipped JSONL; again for more.")
@click.option("--out", type=FOLDER, required=True, help="Holds last.pt; a run found there goes on.")
@click.option("--steps", type=click.IntRange(1), default=1_000_000, help="Steps of --tokens.")
@click.option(
    "--tokens", type=click.IntRange(1024), default=8192, show_default=True, help="Of one step; 65,536 on a GPU."
)
@click.option("--decay", type=click.IntRange(0), default=0, help="Last steps: rate to zero, real fixes.")
@click.option(
    "--start",
    type=click.Path(exists=True, path_type=Path),
    help="Branch off this checkpoint, or folder of exported weights, where OUT has none; --steps counts on from it.",
)
@click.option(
    "--rate", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Share of the peak learning rates."
)
@click.option("--minutes", type=click.FloatRange(0), default=1e9, help="Stop and save after so long.")
@click.option(
    "--objective", metavar="NAME", default="denoiser", show_default=True, help="A row of engine/objectives.py."
)
@click.option("--layers", type=click.IntRange(1), default=6, show_default=True, help="Of the network.")
@click.option("--teacher", type=FOLDER, help="A run of `train teacher`: learn from what it says, too.")
def run(
    data: Path,
    fixes: tuple[Path, ...],
    out: Path,
    steps: int,
    tokens: int,
    decay: int,
    start: Path | None,
    rate: float,
    minutes: float,
    objective: str,
    layers: int,
    teacher: Path | None,
) -> None:
    """Train on DATA until the steps or the minutes are over; the same command goes on from where it stopped."""
    from spotter.engine.checkpoint import step_of
    from spotter.engine.feeding import read_vocabulary
    from spotter.engine.fetching import base
    from spotter.engine.network import Shape
    from spotter.engine.schedule import Run
    from spotter.engine.teacher import FILE, load
    from spotter.engine.training import origin_of, words_read
    from spotter.engine.training import train as go

    vocabulary = read_vocabulary(words_read(data, origin_of(out, start)))
    known = step_of(start) if start else 0
    plan = Run(steps=steps + known, decay=decay, tokens=tokens, share=rate, objective=objective)
    shape = Shape(len(vocabulary.words), vocabulary.piece_count, layers=layers)
    taught = load(base(), teacher / FILE) if teacher else None
    click.echo(go(plan, shape, data, fixes, out, minutes=minutes, start=start, teacher=taught))


@train.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--fixes", type=FILE, multiple=True, required=True, help="Real fixes, gzipped JSONL; again for more.")
@click.option("--out", type=FOLDER, required=True, help="Holds last.pt; a run found there goes on.")
@click.option("--steps", type=click.IntRange(1), default=1500, show_default=True, help="Steps of --tokens.")
@click.option("--tokens", type=click.IntRange(1024), default=32768, show_default=True, help="Of one step.")
@click.option("--minutes", type=click.FloatRange(0), default=1e9, help="Stop and save after so long.")
def teacher(data: Path, fixes: tuple[Path, ...], out: Path, steps: int, tokens: int, minutes: float) -> None:
    """Adapt a language model to spot edits in what the denoiser reads, for `run --teacher OUT`."""
    from spotter.engine.fetching import base
    from spotter.engine.teacher import adapt, plan

    click.echo(adapt(plan(steps, tokens), base(), data, fixes, out, minutes=minutes))


@train.command()
@click.argument("checkpoints", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.argument("folder", type=FOLDER)
def export(checkpoints: tuple[Path, ...], folder: Path) -> None:
    """Write a checkpoint, or the mean of several, to FOLDER as int8 ONNX and tables; calibrate it next.

    Their vocabulary goes with it: a run keeps the one that it learned to read by beside its checkpoint.
    """
    from spotter.engine.checkpoint import export as write

    write(checkpoints, folder)
    click.echo(folder)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--model", metavar="NAME", help="A checkpoint's folder or hub name; PATHS are sound code of yours.")
@click.option("--allow-code", metavar="NAME", multiple=True, help="Let this checkpoint run Python of its own.")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The corpus's folder.")
@click.option("--fixes", type=FILE, help="Real fixes; those of the held-out projects are used.")
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=0.5,
    show_default=True,
    help="Alerts per 1,000 lines to keep to in code of yours.",
)
def calibrate(
    paths: tuple[Path, ...],
    model: str | None,
    allow_code: tuple[str, ...],
    data: Path | None,
    fixes: Path | None,
    budget: float,
) -> None:
    """Make P(edit) mean what it says, and budgets of alerts hold.

    PATHS are code that you hold to be sound: prints how many alerts there are in it, and the setting of
    max-alerts-per-kloc that keeps to the budget there. With --model, a hub denoiser is measured on such Python code,
    and on errors planted there; `score --model` then knows it in this checkout. With --data and --fixes, the weights
    in the folder PATHS are measured on held-out projects, and their calibration.json is written.
    """
    if model is not None:
        from spotter.calibrations import calibrate as known

        click.echo(known(model, frozenset(allow_code), paths))
        return
    if data is None and fixes is None:
        from spotter.own_code import calibrate as own

        said, unread = own(paths, budget)
        for one in unread:
            click.echo(f"spotter: {one}", err=True)
        click.echo(said)
        return
    if len(paths) != 1 or data is None or fixes is None:
        raise click.UsageError("new weights need one folder, --data and --fixes")
    from spotter.engine.calibrating import calibrate as measure

    measured = measure(paths[0], data, fixes)
    lines = sum(count for _, count in measured.clean)
    click.echo(f"{len(measured.wrong)} wrong tokens, {lines} clean lines of {len(measured.clean)} projects")
