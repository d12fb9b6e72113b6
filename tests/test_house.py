"""The four rules of the house: walls at folders, no private names across rooms, named sub-rooms
of utils, and files and classes of one piece."""

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import skdir

ROOT = Path(skdir.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}

# Modules of utils that belong to no sub-room: what everything else stands on, and what is public.
LOOSE = {
    "__init__.py",
    "_optional_dependencies.py",
    "_sklearn_compat.py",
    "_validation.py",
    "estimator_checks.py",
}
SUB_ROOMS = {
    "_checks", "_containers", "_drawing", "_estimators", "_fitting", "_targets", "_text",
}  # fmt: skip
# Methods of named tuples whose underscore does not mean private.
NAMED_TUPLE = {"_asdict", "_fields", "_replace"}


def name_of(path):
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path):
    return name_of(path).split(".")[1] if path.parent != ROOT else ""


def imported(path):
    """Yield (module, name or None) of each import of skdir in a file."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from ((a.name, None) for a in node.names if a.name.split(".")[0] == "skdir")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "skdir":
            yield from ((node.module, a.name) for a in node.names)


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


# -- 1. The wall is at the folder ----------------------------------------------------------------


def test_modules_of_private_packages_have_plain_names():
    offenders = [
        name_of(path)
        for path in FILES
        if any(is_private(folder) for folder in path.relative_to(ROOT).parent.parts)
        and is_private(path.stem)
    ]
    assert offenders == []


def test_private_packages_are_private_to_their_parents():
    """Outside of its parent nobody imports from a private package, but from those of utils."""
    offenders = []
    for path in FILES:
        for module, name in imported(path):
            parts = [*module.split("."), *([name] if name else [])]
            for i, part in enumerate(parts):
                folder = ROOT.parent.joinpath(*parts[: i + 1])
                if is_private(part) and folder.is_dir() and parts[1] != "utils":
                    parent = ".".join(parts[:i])
                    if not f"{name_of(path)}.".startswith(f"{parent}."):
                        offenders.append(f"{name_of(path)}: {module}")
    assert offenders == []


# -- 2. A room takes from another only what that room exports, or from utils ---------------------


def test_rooms_import_what_other_rooms_export():
    offenders = []
    for path in FILES:
        for module, name in imported(path):
            other = module.split(".")[1] if "." in module else name
            if other in (room_of(path), "utils", "__version__") or room_of(path) == "":
                continue
            exported = public_names(module)
            if module != "skdir" and (exported is None or name not in exported):
                offenders.append(f"{name_of(path)}: {module}.{name}")
    assert offenders == []


def public_names(module):
    """Return the `__all__` of a public module, None for others."""
    parts = module.split(".")
    if any(is_private(part) for part in parts):
        return None
    package = ROOT.parent.joinpath(*parts)
    path = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
    for node in TREES[path].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            items = [item for item in node.value.elts if not isinstance(item, ast.Starred)]
            return {ast.literal_eval(item) for item in items}
    return None


class ForeignAttributes(ast.NodeVisitor):
    """Collect private attributes of what is neither `self`, `cls` nor of the own class."""

    def __init__(self):
        self.own, self.made, self.found = [], set(), []

    def visit_ClassDef(self, node):
        self.own.append((node.name, attributes_of(node), [ast.unparse(b) for b in node.bases]))
        self.generic_visit(node)
        self.own.pop()

    def visit_FunctionDef(self, node):
        """Find the names of objects of the own class: made here, or `other` in a comparison."""
        makers = {"cls", "type(self)", *(name for name, *_ in self.own)}
        before = self.made
        self.made = {"other"} | {
            target.id
            for child in ast.walk(node)
            if isinstance(child, ast.Assign) and isinstance(child.value, ast.Call)
            if ast.unparse(child.value.func) in makers
            for target in child.targets
            if isinstance(target, ast.Name)
        }
        self.generic_visit(node)
        self.made = before

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if not is_private(node.attr) or node.attr in NAMED_TUPLE:
            return
        holder = ast.unparse(node.value)
        if holder in ("self", "cls", "super()", "type(self)"):
            return
        of_own_class = any(node.attr in names for _, names, _ in self.own)
        of_base = any(holder in bases for *_, bases in self.own)
        if not ((holder in self.made or of_base) and of_own_class):
            self.found.append(ast.unparse(node))


def attributes_of(node):
    """Return the names that a class defines: its methods and what it sets on `self` or `cls`."""
    names = set()
    for child in ast.walk(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            names.add(child.name)
        elif isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Store):
            if ast.unparse(child.value) in ("self", "cls"):
                names.add(child.attr)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
    return names


def foreign_attributes(tree):
    visitor = ForeignAttributes()
    visitor.visit(tree)
    return visitor.found


def test_private_attributes_are_read_by_their_own_class():
    offenders = [
        f"{name_of(path)}: {attribute}"
        for path in FILES
        # Where the private names of scikit-learn are made ours.
        if path.name != "_sklearn_compat.py"
        for attribute in foreign_attributes(TREES[path])
    ]
    assert offenders == []


# Where the attributes of another object are its contents: the decorator of every `fit`, which puts
# them back, and the common checks, which compare them.
CONTENTS = {"skdir.utils._estimators.fit_context", "skdir.utils._checks.target"}


def detours(tree):
    """Return what reads or sets private names, or all that an object holds, without a dot."""
    constructors = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__post_init__"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Attribute) and node.attr == "__dict__":
            found += [] if ast.unparse(node.value) == "self" else [ast.unparse(node)]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).split(".")[-1]
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        of_self = bool(node.args) and ast.unparse(node.args[0]) in ("self", "cls")
        if called in ("getattr", "hasattr", "setattr", "delattr", "attrgetter", "methodcaller"):
            names = [part for text in texts if isinstance(text, str) for part in text.split(".")]
            wrong = not of_self and any(map(is_private, names))
        elif called == "vars":
            wrong = not of_self
        elif called in ("__setattr__", "__delattr__"):
            wrong = node not in constructors
        elif called in ("import_module", "__import__"):
            wrong = any(str(text).startswith("skdir") for text in texts)
        else:
            wrong = called == "__new__" and not ast.unparse(node.func).startswith("super()")
        if wrong:
            found.append(ast.unparse(node))
    return found


def test_no_detours_lead_to_private_names():
    offenders = [
        f"{name_of(path)}: {detour}"
        for path in FILES
        if name_of(path) not in CONTENTS
        for detour in detours(TREES[path])
    ]
    assert offenders == []


@pytest.mark.parametrize(
    "source",
    [
        "from ._other import name",
        "getattr(other, '_name')",
        "hasattr(other.part, '_name')",
        "setattr(other, '_name', 1)",
        "operator.attrgetter('part._name')",
        "vars(other)",
        "other.__dict__",
        "object.__setattr__(self, 'name', 1)",
        "importlib.import_module('skdir.density._curves')",
        "Own.__new__(Own)",
    ],
)
def test_detours_are_found(source):
    assert len(detours(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "getattr(self, '_name')",
        "getattr(other, 'name')",
        "vars(self)",
        "def __post_init__(self): object.__setattr__(self, 'name', 1)",
        "importlib.import_module(f'skdir.{name}')",
        "super().__new__(cls)",
    ],
)
def test_what_is_no_detour(source):
    assert detours(ast.parse(source)) == []


def test_private_names_of_a_class_are_not_set_by_other_rooms():
    """A class derived from one of another room overrides only what that offers in its docstring."""
    defined = {
        (name_of(path), node.name): (path, node)
        for path in FILES
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ClassDef)
    }
    by_name = defaultdict(list)
    for (_, name), found in defined.items():
        by_name[name].append(found)

    def all_bases(node, seen=()):
        for base in node.bases:
            for path, found in by_name.get(ast.unparse(base).split(".")[-1], ()):
                if found is not node and found not in seen:
                    yield path, found
                    yield from all_bases(found, (*seen, found))

    offenders = []
    for path, node in defined.values():
        for where, base in all_bases(node):
            if room_of(where) not in (room_of(path), "utils"):
                both = own_names(node) & own_names(base) - {"_parameter_constraints"}
                offered = ast.get_docstring(base) or ""
                offenders += [
                    f"{name_of(path)}: {node.name}.{name}"
                    for name in both
                    if is_private(name) and f"`{name}" not in offered
                ]
    assert offenders == []


def own_names(node):
    """Return what the body of a class defines."""
    names = {child.name for child in node.body if isinstance(child, ast.FunctionDef)}
    for child in node.body:
        targets = child.targets if isinstance(child, ast.Assign) else ()
        names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def set_to_none(tree):
    """Return the attributes that functions set to None.

    Of an object's own, not those that `__init__` sets, and not those that end in an underscore:
    what a fit finds nothing for is None for the user, too.
    """
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name == "__init__":
            continue
        for node in ast.walk(function):
            for target, value in pairs(node) if isinstance(node, ast.Assign) else ():
                if not isinstance(target, ast.Attribute) or ast.unparse(value) != "None":
                    continue
                if ast.unparse(target.value) != "self" or not target.attr.endswith("_"):
                    found.append(ast.unparse(target))
    return found


def pairs(node):
    """Yield the targets of an assignment, each with its value."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def test_nothing_is_set_used_and_set_to_none():
    offenders = [f"{name_of(path)}: {name}" for path in FILES for name in set_to_none(TREES[path])]
    assert offenders == []


def test_what_is_set_to_none_is_found():
    source = """
class A:
    def __init__(self):
        self.x = None
    def fit(self, other):
        self.x, self.y_ = None, 1
        self.z_ = local = None
        other.z_ = None
"""
    assert set_to_none(ast.parse(source)) == ["self.x", "other.z_"]


def test_foreign_attributes_are_found():
    source = """
class A:
    def __init__(self):
        self._x = 1
    def same(self, other):
        return other._x, self._anything, type(self)._y, super()._z, other._asdict()
    def foreign(self, other, thing):
        return other._y, self.other._x, thing._x
    @classmethod
    def made(cls):
        made = cls()
        return made._x
def f(a):
    return a.b._x, a.__dict__
"""
    found = foreign_attributes(ast.parse(source))
    assert found == ["other._y", "self.other._x", "thing._x", "a.b._x"]


# -- 3. What two rooms need lies in a named sub-room of utils ------------------------------------


def test_utils_has_no_loose_modules():
    assert {path.name for path in (ROOT / "utils").glob("*.py")} == LOOSE


def test_sub_rooms_of_utils_are_named_and_shared():
    users = defaultdict(set)
    for path in FILES:
        for module, _ in imported(path):
            if module.startswith("skdir.utils._"):
                users[module.split(".")[2]].add(room_of(path))
    folders = {path.parent.name for path in (ROOT / "utils").glob("*/__init__.py")}
    assert folders == SUB_ROOMS
    # The common checks are what `estimator_checks` offers to third parties.
    assert {f for f in folders - {"_checks"} if len(users[f] - {"utils"}) < 2} == set()


def test_modules_of_sub_rooms_are_shared():
    """No module in utils is there for one room alone: it belongs to that room."""
    users = defaultdict(set)
    for path in FILES:
        for module, name in imported(path):
            for used in {module, f"{module}.{name}"}:
                users[used].add(name_of(path) if room_of(path) == "utils" else room_of(path))
    alone = [
        f"{name_of(path)}: {users[name_of(path)]}"
        for path in FILES
        if is_private(path.parent.name) and path.parent.parent == ROOT / "utils"
        # What reads a table is one thing, of which samplers use all and displays a part.
        if path.stem != "__init__" and path.parent.name not in ("_checks", "_containers")
        if len(users[name_of(path)]) < 2
    ]
    assert alone == []


# -- 4. Files and classes of one piece -----------------------------------------------------------


def lines_of_code(path):
    """Count the lines of a file that are neither blank, nor comments, nor docstrings."""
    described = set()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(TREES[path]):
        if isinstance(node, documented) and ast.get_docstring(node):
            described.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in described
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


def test_files_are_short():
    lengths = {name_of(path): lines_of_code(path) for path in FILES}
    assert {name: n for name, n in lengths.items() if n > 400} == {}
    assert sum(lengths.values()) / len(lengths) <= 200


def test_classes_are_in_one_file():
    """No class exists only to be a base of one other class in another file."""
    where, bases, names = {}, defaultdict(list), Counter()
    for path in FILES:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.ClassDef):
                where[node.name] = path
                for base in node.bases:
                    bases[ast.unparse(base).split(".")[-1]].append((node.name, path))
            elif isinstance(node, ast.Name):
                names[node.id] += 1
    public = {
        name
        for path in FILES
        if path.name == "__init__.py" and not any(map(is_private, name_of(path).split(".")))
        for name in public_names(name_of(path)) or ()
    }
    split = [
        f"{name_of(where[name])}: {name} has one user, {users[0][0]}"
        for name, users in bases.items()
        if name in where
        and name not in public
        and len(users) == 1
        and users[0][1] != where[name]
        and names[name] == 1
    ]
    assert split == []
