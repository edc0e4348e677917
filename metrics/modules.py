"""The modules of a repository, by the names under which its files take them, and what each has."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spotter.metrics.facts import FileFacts
from spotter.metrics.module_facts import Members, Offered
from spotter.metrics.trees import joined, parted

ROOTS = ("", "src/", "lib/", "python/")  # where a repository's own packages lie
NOTHING: frozenset[str] = frozenset()
FIELDS = ("_asdict", "_field_defaults", "_fields", "_make", "_replace")  # of a NamedTuple
# of an Enum
MEMBER = (
    "_generate_next_value_", "_ignore_", "_member_map_", "_member_names_", "_member_type_", "_missing_", "_name_",
    "_order_", "_sort_order_", "_value2member_map_", "_value_", "name", "value",
)  # fmt: skip
# what pydantic's models have, in its first version or in its second
MODEL = frozenset((
    "Config", "_calculate_keys", "_copy_and_set_values", "_init_private_attributes", "_iter", "construct", "copy",
    "dict", "from_orm", "json", "model_computed_fields", "model_config", "model_construct", "model_copy", "model_dump",
    "model_dump_json", "model_extra", "model_fields", "model_fields_set", "model_json_schema",
    "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate", "model_validate_json",
    "model_validate_strings", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json", "update_forward_refs",
    "validate",
))  # fmt: skip
# what bases of other packages give, by how they are written or imported
LIBRARY = {
    **dict.fromkeys(("object", "ABC", "abc.ABC", "Generic", "typing.Generic", "Protocol", "typing.Protocol"), NOTHING),
    **dict.fromkeys(("NamedTuple", "typing.NamedTuple"), frozenset((*dir(tuple), *FIELDS))),
    "enum.Enum": frozenset(MEMBER),
    "enum.IntEnum": frozenset((*dir(int), *MEMBER)),
    "enum.StrEnum": frozenset((*dir(str), *MEMBER)),
    "pydantic.BaseModel": MODEL,
}


class Modules:
    """The modules of a repository, by the names under which its files take them."""

    def __init__(self, files: Sequence[FileFacts], former: Modules | None = None) -> None:
        self._former = former
        self._files = {file.path: file for file in files}
        self._folders = set(_folders(self._files))
        self._known: dict[tuple[str, str], FileFacts | None] = {}
        self._made: dict[str, bool] = {}
        self._owned: dict[str, bool] = {}
        self._moved: dict[str, bool] = {}
        self._calls: dict[str, Mapping[str, Offered]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._packages = {one for file in files for item in file.imports for one in _heads(item.target)}
        self._loose = {name for file in files for whole, name in file.module.sets if not whole}
        self._set: dict[str, set[str]] = defaultdict(set)
        tails: dict[str, list[str]] = defaultdict(list)
        for path in self._files:
            tails[path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]].append(path)
        for file in files:
            for whole, name in file.module.sets:
                for path in self._meant(file.path, whole, tails):
                    self._set[path].add(name)

    def _meant(self, path: str, whole: str, tails: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """The modules that a dotted name may mean: the one, or all whose paths end so."""
        module = self.module(path, whole) if whole else None
        if module is not None or whole.startswith("."):
            yield from [module.path] if module is not None else []
            return
        end = "/" + whole.replace(".", "/")
        for other in tails.get(whole.rpartition(".")[2], ()) if whole else ():
            if f"/{other}".removesuffix(".py").removesuffix("/__init__").endswith(end):
                yield other

    def module(self, path: str, name: str) -> FileFacts | None:
        """The file that a dotted name means in another one; None where it is none or may be one of several."""
        key = path.rpartition("/")[0], name
        if key not in self._known:
            found = self._at(self._stem(path, name))
            self._known[key] = self._files[found] if found else None
        return self._known[key]

    def passed_by(self, path: str, name: str) -> FileFacts | None:
        """The one module that a name with leading dots would mean with fewer, where it leads out of a package."""
        dots, last = len(name) - len(name.lstrip(".")), name.lstrip(".")
        folders = path.split("/")[:-1]
        if not last or dots > len(folders) + 1:
            return None
        top = "/".join(folders[: len(folders) - dots + 1])
        stem = f"{top}/{last.replace('.', '/')}".lstrip("/")
        packed = f"{'/'.join(folders)}/__init__.py" in self._files
        if not packed or stem in self._folders:
            return None
        if f"{top}/__init__.py".lstrip("/") in self._files or any(
            one.rpartition(".")[0] == stem for one in self._files
        ):
            return None
        fewer = {
            module.path: module for n in range(1, dots) if (module := self.module(path, "." * n + last)) is not None
        }
        return next(iter(fewer.values())) if len(fewer) == 1 else None

    def has(self, module: FileFacts, name: str, seen: frozenset[str] = NOTHING) -> bool:
        """Whether a module has a name, or may have it, as anything may give it one that Python gives a meaning."""
        if (name.startswith("__") and name.endswith("__")) or name in self._loose:
            return True
        if module.module.offer is None or module.path in seen or {name, "*"} & self._set[module.path]:
            return True
        return name in self._bound(module) or self.is_below(module, name) or self._is_starred(module, name, seen)

    def _is_starred(self, module: FileFacts, name: str, seen: frozenset[str]) -> bool:
        """Whether a module has a name, or may have it, from one whose names it takes as they come."""
        stars = module.module.offer.stars if module.module.offer is not None else ()
        others = (self.module(module.path, star) for star in stars)
        return any(other is None or self.has(other, name, seen | {module.path}) for other in others)

    def is_plain(self, path: str, name: str) -> bool:
        """Whether a dotted name means a module for sure, and nothing else that the package above has under its name."""
        above, last = parted(name)
        package = self.module(path, above) if above else None
        if package is None or package.module.offer is None:
            return package is None
        handed = (joined(module, other) for own, module, other in package.module.offer.handed if own == last)
        if any(self.module(package.path, whole) == self.module(path, name) for whole in handed):
            return True
        return last not in self._bound(package) and not self._is_starred(package, last, NOTHING)

    def called(self, module: FileFacts, name: str, seen: frozenset[str] = NOTHING) -> tuple[str, Offered] | None:
        """The path and the function or class that a module has under a name; None where that is not sure."""
        key = f"{module.path}:{name}"
        offer = module.module.offer
        if offer is None or key in seen or name in self._loose or {name, "*"} & self._set[module.path]:
            return None
        if module.path not in self._calls:
            self._calls[module.path] = {one.signature.name: one for one in offer.calls}
        if (known := self._calls[module.path].get(name)) is not None:
            return (module.path, known) if self._is_made_so(module, name) else None
        if (owner := _owner(module, name)) is not None:
            return self._inherited(module, owner, seen | {key}) if self._is_made_so(module, name) else None
        for own, target, other in offer.handed if not offer.stars else ():
            below = self.module(module.path, target) if own == name else None
            if below is not None and not self.is_below(below, other):
                return self.called(below, other, seen | {key})
        return None

    def _inherited(self, module: FileFacts, owner: Members, seen: frozenset[str]) -> tuple[str, Offered] | None:
        """What makes the objects of a class that leaves it to the one above it."""
        home = self.home(module, owner.bases[0]) if len(owner.bases) == 1 and "__init__" not in owner.names else None
        found = self.called(home[0], home[1].name, seen) if home is not None else None
        more = found is not None and found[1].signature.is_checked and owner.names  # fields of its own, maybe
        return None if more else found

    def home(self, file: FileFacts, base: str, seen: frozenset[str] = NOTHING) -> tuple[FileFacts, Members] | None:
        """The class of the repository that a file means by a name or by a module's attribute, and where it is."""
        head, _, name = base.partition(".")
        key = f"{file.path}:{base}"
        if key in seen:
            return None
        if not name and (own := _owner(file, head)) is not None:
            return file, own
        for own_name, target, other in file.module.offer.handed if file.module.offer is not None else ():
            module = self.module(file.path, joined(target, other) if name else target) if own_name == head else None
            if module is not None and (module.path != file.path or other != head):
                return self.home(module, name or other, seen | {key})
        return None

    def is_below(self, module: FileFacts, name: str) -> bool:
        """Whether a module is a package and has a module of its own of this name."""
        package = module.path.removesuffix("/__init__.py")
        return package != module.path and (f"{package}/{name}" in self._folders or bool(self._at(f"{package}/{name}")))

    def is_moved(self, module: FileFacts, name: str) -> bool:
        """Whether what was a module under a dotted name may be there in another form, or somewhere else."""
        if module.path in self._moved:
            return self._moved[module.path]
        stem = module.path.removesuffix(".py").removesuffix("/__init__")
        tail = "/".join(stem.split("/")[-2:])
        away = not name.startswith(".") and not any(one.split("/")[0] == stem.split("/")[0] for one in self._folders)
        other = any(path.rpartition(".")[0].removesuffix("/__init__").endswith(f"/{tail}") for path in self._files)
        here = stem in self._folders or any(f"{stem}{end}" in self._files for end in (".py", ".pyi"))
        self._moved[module.path] = away or other or here
        return self._moved[module.path]

    def _is_made_so(self, module: FileFacts, name: str) -> bool:
        """Whether the objects of a class, if it is one, are made by its `__init__` alone, whatever is above it."""
        key, owner = f"{module.path}:{name}", _owner(module, name)
        if owner is None:
            return True
        if key not in self._made:
            self._made[key] = False  # of a class that is above itself
            odd = {"__new__", "__init_subclass__"} & set(owner.names) or (owner.open and owner.bases)
            homes = {base: self.home(module, base) for base in owner.bases}
            known = all(home is not None or _is_made_by_init(module, base) for base, home in homes.items())
            above = all(self._is_made_so(home[0], home[1].name) for home in homes.values() if home)
            self._made[key] = not odd and known and above
        return self._made[key]

    def _bound(self, module: FileFacts) -> frozenset[str]:
        """What a module binds, or tells others to bind."""
        if module.path not in self._names:
            offer = module.module.offer
            self._names[module.path] = frozenset((*offer.names, *offer.said)) if offer is not None else NOTHING
        return self._names[module.path]

    def _stem(self, path: str, name: str) -> str:
        """Where a module lies, without its suffix, if that is sure; else "".

        What a name without dots begins with has to stand at one place alone: in a folder around the file that is no
        package, or at a root. There it is a package that the file lies in too, or one at a root, or beside a script.
        """
        folders, steps = path.split("/")[:-1], name.lstrip(".").split(".")
        if dots := len(name) - len(name.lstrip(".")):
            up = folders[: len(folders) - dots + 1]
            return "/".join(filter(None, [*up, *steps])) if dots <= len(folders) else ""
        around = ["".join(f"{folder}/" for folder in folders[:size]) for size in range(len(folders) + 1)]
        tops = [root for root in dict.fromkeys((*around, *ROOTS)) if self._is_top(root, steps[0])]
        if len(tops) != 1 or self._is_packed(tops[0]):
            return ""
        (root,) = tops
        stem = root + "/".join(steps)
        packed = f"{root}{steps[0]}/__init__.py" in self._files
        inside = path.startswith(f"{root}{steps[0]}/") and (len(steps) > 1 or not root)
        nested = len(steps) > 2 and f"{stem.rpartition('/')[0]}/__init__.py" in self._files
        own = (packed and self._binds(f"{root}{steps[0]}/__init__.py")) or nested or self._is_own(root, steps[0])
        if own and (inside or (root in ROOTS and f"{root}{steps[0]}" in self._folders)):
            return stem
        return stem if root == around[-1] and not packed and self._is_script(root, stem, steps[0]) else ""

    def _is_own(self, root: str, top: str) -> bool:
        """Whether a folder that says not that it is a package is one: some file takes what a module there has."""
        key = f"{root}{top}"
        if key not in self._owned:
            taken = (one for file in self._files.values() for one in file.module.references)
            own = (one for one in taken if one.form == "import" and one.module.split(".")[0] == top)
            paths = ((self._at(root + one.module.replace(".", "/")), one.name) for one in own)
            held = any(path and name in self._bound(self._files[path]) for path, name in paths)
            self._owned[key] = held or (self._former is not None and self._former._is_own(root, top))
        return self._owned[key]

    def _binds(self, path: str) -> bool:
        """Whether a module has names, or may have some."""
        return self._files[path].module.offer is None or bool(self._bound(self._files[path]))

    def _is_top(self, root: str, name: str) -> bool:
        return f"{root}{name}" in self._folders or f"{root}{name}.py" in self._files

    def _is_packed(self, root: str) -> bool:
        """Whether a folder is, or lies in, a package."""
        ends = [0, *(end for end, letter in enumerate(root, 1) if letter == "/")]
        return any(f"{root[:end]}__init__.py" in self._files for end in ends)

    def _is_script(self, root: str, stem: str, name: str) -> bool:
        """Whether files of a folder find what lies beside them, which is no library's namesake: nobody takes them as a
        package's, and what is found does not take that library itself."""
        tails = [root[start:].replace("/", ".") for start in range(len(root)) if not start or root[start - 1] == "/"]
        beside = self._files.get(f"{stem}.py")
        own = beside is not None and any(item.target.split(".")[0] == name for item in beside.imports)
        return not own and self._packages.isdisjoint(tails)

    def _at(self, stem: str) -> str:
        """The file of a module that lies there, or ""; none where a stub says what it has."""
        if not stem or f"{stem}.pyi" in self._files or f"{stem}/__init__.pyi" in self._files:
            return ""
        return next((path for path in (f"{stem}/__init__.py", f"{stem}.py") if path in self._files), "")


def outside(file: FileFacts, base: str) -> frozenset[str] | None:
    """What a base, or a decorator, gives that is none of the repository's; None where that is not known."""
    handed = file.module.offer.handed if file.module.offer is not None else ()
    whole = next((joined(module, name) for own, module, name in handed if own == base), base)
    if whole in LIBRARY or base.startswith("@"):
        return LIBRARY.get(whole, NOTHING)
    own = file.module.offer is None or base in file.module.offer.names or base == "type"
    return None if own or not isinstance(vars(builtins).get(base), type) else frozenset(dir(vars(builtins)[base]))


def _is_made_by_init(file: FileFacts, base: str) -> bool:
    """Whether a class with a base that is none of the repository's may be made by its `__init__`; an Enum's is not."""
    names = outside(file, base)
    return names is not None and names.isdisjoint(MEMBER)


def _owner(module: FileFacts, name: str) -> Members | None:
    """The class at a module's margin that has a name."""
    return next((one for one in module.module.members if one.name == name), None)


def _heads(target: str) -> Iterator[str]:
    """What an import takes a package to be: all that its dotted name begins with, each with the dot."""
    parts = target.split(".") if not target.startswith(".") else []
    yield from ("".join(f"{part}." for part in parts[:size]) for size in range(1, len(parts)))


def _folders(paths: Iterable[str]) -> Iterator[str]:
    """Every folder above a file; some more than once."""
    for path in paths:
        parts = path.split("/")[:-1]
        yield from ("/".join(parts[:size]) for size in range(1, len(parts) + 1))
