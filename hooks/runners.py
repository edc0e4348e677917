"""What the environment of a continuous integration run says: where its change began, and where reports belong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOWHERE = "0" * 40  # what runners name where there was no commit before


@dataclass(frozen=True, slots=True)
class Thread:
    """Where the comments on a change are: a list to read and write at one address, each comment at its own."""

    comments: str
    comment: str  # with {id} in the place of its number
    update: str  # the method that changes a comment
    header: str  # under which the token goes
    token: str
    advice: str  # what a token must be allowed to do


@dataclass(frozen=True, slots=True)
class Runner:
    """A run. The bases are revisions where its change may have begun, the most exact first."""

    name: str
    bases: tuple[str, ...]
    form: str = "text"
    reports: Mapping[str, Path] = field(default_factory=dict)
    summary: Path | None = None
    thread: Thread | None = None
    advice: str = "git fetch --unshallow"  # how its clones get the history that is missing


def runner_of(environment: Mapping[str, str]) -> Runner:
    """The run that an environment describes; a plain one where no runner is known by its variable."""
    known = next((describe for variable, describe in RUNNERS.items() if environment.get(variable) == "true"), _plain)
    return known(environment)


def _github(environment: Mapping[str, str]) -> Runner:
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    pull, group = event.get("pull_request") or {}, event.get("merge_group") or {}
    into = environment.get("GITHUB_BASE_REF") or event.get("repository", {}).get("default_branch", "")
    before = "" if pull else event.get("before", "")
    merged = environment.get("GITHUB_SHA", "") if environment.get("GITHUB_REF", "").endswith("/merge") else ""
    bases = _named(
        f"{merged}^1" if merged else "",  # what the change was merged into for this run, later than the event's base
        pull.get("base", {}).get("sha"),
        group.get("base_sha"),
        before,
        f"origin/{into}" if into else "",
    )
    summary = environment.get("GITHUB_STEP_SUMMARY")
    return Runner(
        name=f"GitHub Actions, {environment.get('GITHUB_EVENT_NAME', 'no event')}",
        bases=bases,
        form="github",
        summary=Path(summary) if summary else None,
        thread=_github_thread(environment, pull.get("number")),
        advice="fetch-depth: 0 in actions/checkout",
    )


def _github_thread(environment: Mapping[str, str], number: object) -> Thread | None:
    token, repository = environment.get("GITHUB_TOKEN"), environment.get("GITHUB_REPOSITORY")
    if not (number and token and repository):
        return None
    issues = f"{environment.get('GITHUB_API_URL', 'https://api.github.com')}/repos/{repository}/issues"
    return Thread(
        f"{issues}/{number}/comments", f"{issues}/comments/{{id}}", "PATCH", "Authorization", f"Bearer {token}",
        "pull-requests: write, which a fork's run never has",
    )  # fmt: skip


def _gitlab(environment: Mapping[str, str]) -> Runner:
    default = environment.get("CI_DEFAULT_BRANCH", "")
    elsewhere = default and environment.get("CI_COMMIT_BRANCH") != default
    bases = _named(
        environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),  # of a merged result alone, and later than its base
        environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        f"origin/{default}" if elsewhere else "",
        environment.get("CI_COMMIT_BEFORE_SHA"),
    )
    return Runner(
        name=f"GitLab, {environment.get('CI_PIPELINE_SOURCE', 'no source')}",
        bases=bases,
        reports={"gitlab": Path("gl-code-quality-report.json")},
        thread=_gitlab_thread(environment),
        advice='GIT_DEPTH: "0" in the job\'s variables',
    )


def _gitlab_thread(environment: Mapping[str, str]) -> Thread | None:
    token, number = environment.get("GITLAB_TOKEN"), environment.get("CI_MERGE_REQUEST_IID")
    if not (token and number):
        return None
    project = f"{environment.get('CI_API_V4_URL')}/projects/{environment.get('CI_PROJECT_ID')}"
    notes = f"{project}/merge_requests/{number}/notes"
    return Thread(
        notes, f"{notes}/{{id}}", "PUT", "PRIVATE-TOKEN", token, "a project's access token with the scope api"
    )


def _plain(_: Mapping[str, str]) -> Runner:
    return Runner("a plain runner", ("@{upstream}", "origin/HEAD"))


def _named(*revisions: str | None) -> tuple[str, ...]:
    return tuple(revision for revision in revisions if revision and revision != NOWHERE)


def _event(path: str) -> dict[str, Any]:
    """What has happened, as GitHub tells it; nothing where it is not told."""
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


RUNNERS: dict[str, Callable[[Mapping[str, str]], Runner]] = {"GITHUB_ACTIONS": _github, "GITLAB_CI": _gitlab}
