"""The other files of the bench's repositories, as a release of each has them: records are single files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spotter.engine.elsewhere import ALONE, Census
from spotter.errors import SpotterError
from spotter.source import words

NAMED = 2  # last parts of a path by which a release's file is the record's


@dataclass(frozen=True)
class Release:
    """The Python files of a folder: the words of each, by its path."""

    files: Mapping[str, frozenset[str]]

    @cached_property
    def times(self) -> Counter[str]:
        """In how many files each word stands."""
        return Counter(word for found in self.files.values() for word in found)

    def census(self, path: str, text: str) -> Census:
        """The census with a text in the place of the file at a path."""
        times, files = self.times.copy(), len(self.files)
        for other, found in self.files.items():
            if other.split("/")[-NAMED:] == path.split("/")[-NAMED:]:
                times.subtract(found)
                files -= 1
        times.update(set(words(text)))
        return Census(files + 1, times)


@dataclass(frozen=True)
class Around:
    """Releases by the last parts of their projects' names, in small letters."""

    releases: Mapping[str, Release]

    def census(self, project: str, path: str, text: str) -> Census:
        """The census of a project with a text at a path; the text is alone where no release is known."""
        name = project.replace(":", "/").rpartition("/")[2].lower()
        return self.releases[name].census(path, text) if name in self.releases else ALONE


NONE = Around({})  # every file is alone


def read_around(folder: Path) -> Around:
    """The releases of a folder, one unpacked in each of its folders; SpotterError where there is none."""
    found = {each.name.lower(): _release(each) for each in sorted(folder.iterdir()) if each.is_dir()}
    if not any(release.files for release in found.values()):
        raise SpotterError(f"{folder}: no folder of a project with Python files in it; unpack a release into each")
    return Around(found)


def _release(folder: Path) -> Release:
    paths = sorted(path for path in folder.rglob("*.py") if path.is_file())
    texts = ((path.relative_to(folder).as_posix(), path.read_text("utf-8", "replace")) for path in paths)
    return Release({path: frozenset(words(text)) for path, text in texts})
