"""How good the tests of the alarm core are: small faults are put into it, one at a time, and the tests run.

python -m benchmarks.mutation [--faults 150] [--seed 1] [--minutes 40] [--only track.py] [--list]

A fault that makes a test fail, or time out, is *killed*; one that no test notices *survives*, and is printed with its
line before and after, to be looked at by a person: either it changes nothing that can be seen (it is equivalent), or a
test is missing. The score is the share of killed ones. It takes about a quarter of a minute a fault; by hand only.

The project is never touched: it is copied to a temporary folder, and the faults are made there. Which faults there can
be: a comparison flipped or shifted by its boundary, a number one more or less, ``and`` for ``or``, a condition
negated, plus for minus, true for false, a call or a change of state left out. Number and seed choose the same faults
each time, as long as the sources stay the same.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

PROJECT: Final = Path(__file__).resolve().parents[1]
CORE: Final = Path("src/vitalwatch/alarms")
SOURCES: Final = ("src", "drivers", "simulators", "dashboard")
COPIED: Final = (*SOURCES, "tests", "config", "docs", "tools", "benchmarks", "pyproject.toml", "README.md")
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "node_modules", "static", ".*")

TESTS: Final = ("tests/unit/alarms", "tests/unit/config/test_profiles.py", "tests/property")
KNOWN_FAULTS: Final = ("tests/property/test_found.py", "tests/property/test_microseconds.py")
"""Tests that are expected to fail say nothing about a further fault."""

TEST_TIMEOUT_S: Final = 150.0


class Fault(NamedTuple):
    """One fault: in which file and line, of which kind, and where to make it.

    ``node`` counts the nodes of the file's syntax tree in the order of :func:`ast.walk`, ``change`` what
    :func:`changes_of` gives for that node.
    """

    file: Path
    line: int
    kind: str
    node: int
    change: int


# --- making faults ------------------------------------------------------------------------------------------------

Change = tuple[str, Callable[[ast.AST], ast.AST]]
"""The kind of a fault, and how a (copied) node looks with it."""

_SHIFTED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_FLIPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SIGNS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}


def _compare_with(index: int, operator: type[ast.cmpop]) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.Compare)
        node.ops[index] = operator()
        return node

    return change


def _constant(value: float) -> Callable[[ast.AST], ast.AST]:
    return lambda _: ast.Constant(value=value)


def _negated(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.If | ast.IfExp | ast.While)
    node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    return node


def _other_join(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def _other_sign(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BinOp)
    node.op = _SIGNS[type(node.op)]()
    return node


def _without_not(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.UnaryOp)
    return node.operand


def changes_of(node: ast.AST) -> Iterator[Change]:
    """Every fault that one node of a syntax tree can be given."""
    match node:
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp():
            yield "and, or", _other_join
        case ast.UnaryOp(op=ast.Not()):
            yield "negation", _without_not
        case ast.BinOp(op=operator) if type(operator) in _SIGNS:
            yield "sign", _other_sign
        case ast.If() | ast.IfExp() | ast.While():
            yield "negation", _negated
        case ast.Constant():
            yield from _other_values(node.value)
        case _ if _can_be_left_out(node):
            yield "left out", lambda _: ast.Pass()


def _other_comparisons(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for kind, table in (("boundary", _SHIFTED), ("comparison", _FLIPPED)):
            if type(operator) in table:
                yield kind, _compare_with(index, table[type(operator)])


def _other_values(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield "true and false", _constant(not value)
    elif isinstance(value, int | float):
        yield "number", _constant(value + 1)
        yield "number", _constant(value - 1)


def _can_be_left_out(node: ast.AST) -> bool:
    """Calls, outputs and changes of state; without a plain name's assignment the code would only fail to run."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            return True
        case ast.Assign(targets=targets):
            return not any(isinstance(target, ast.Name | ast.Tuple) for target in targets)
        case _:
            return isinstance(node, ast.Continue | ast.Break)


def _hands_off(tree: ast.Module) -> set[int]:
    """Ids of nodes that are no behaviour: annotations, and how a class is made."""
    off: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *(arg.annotation for arg in (*node.args.args, *node.args.kwonlyargs))]
        elif isinstance(node, ast.ClassDef):
            parts = [keyword.value for keyword in node.keywords]
        off |= {id(each) for part in parts if part is not None for each in ast.walk(part)}
    return off


def faults_of(root: Path, file: Path) -> Iterator[Fault]:
    """Every fault of one source file."""
    tree = ast.parse((root / file).read_text())
    off = _hands_off(tree)
    for position, node in enumerate(ast.walk(tree)):
        if id(node) not in off:
            for index, (kind, _) in enumerate(changes_of(node)):
                yield Fault(file, getattr(node, "lineno", 0), kind, position, index)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().generic_visit(node)


def source_with(root: Path, fault: Fault) -> str:
    """The source of a file with one fault."""
    tree = ast.parse((root / fault.file).read_text())
    node = next(each for index, each in enumerate(ast.walk(tree)) if index == fault.node)
    _, change = list(changes_of(node))[fault.change]
    faulty = _Replace(node, change(copy.copy(node))).visit(tree)
    return ast.unparse(ast.fix_missing_locations(faulty))


def difference(root: Path, fault: Fault) -> str:
    """The line of a fault, before and after, as :mod:`ast` writes them."""
    before = ast.unparse(ast.parse((root / fault.file).read_text())).splitlines()
    lines = list(unified_diff(before, source_with(root, fault).splitlines(), n=0, lineterm=""))[2:]
    was, now = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    begins = next((n for n, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), 0)
    shown = slice(max(0, begins - 60), begins + 80)  # a table may be one very long line
    return f"  - {was[shown]}\n  + {now[shown]}"


# --- running the tests --------------------------------------------------------------------------------------------


def run_tests(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The tests of the core, on the copy.

    Raises:
        subprocess.TimeoutExpired: if they take too long.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(folder / source) for source in SOURCES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_PROFILE": "few",
    }
    ignored = [f"--ignore={file}" for file in KNOWN_FAULTS]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *ignored, *options, *TESTS]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TEST_TIMEOUT_S, check=False
    )


def failing_already(folder: Path) -> list[str]:
    """Tests that fail without any fault: they can tell nothing, and are left out.

    Raises:
        RuntimeError: if the tests do not run at all.
    """
    done = run_tests(folder, "-rfE")
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    failing = [line[1].split(" - ")[0] for line in lines if line[0] in ("FAILED", "ERROR")]
    if done.returncode not in (0, 1) or bool(failing) != bool(done.returncode):
        raise RuntimeError(done.stdout + done.stderr)
    return failing


def fate_of(folder: Path, left_out: list[str]) -> str:
    """``killed``, ``timed out`` or ``survived``."""
    try:
        done = run_tests(folder, "-x", *(f"--deselect={test}" for test in left_out))
    except subprocess.TimeoutExpired:
        return "timed out"
    return "survived" if done.returncode == 0 else "killed"


def copy_project(folder: Path) -> None:
    """Copy what the tests need."""
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        elif source.exists():
            shutil.copy(source, folder / name)


def try_all(faults: list[Fault], folder: Path, left_out: list[str], minutes: float, out: Console) -> dict[Fault, str]:
    """What became of each fault, as far as the time reached."""
    ends_at = monotonic() + minutes * 60
    fates: dict[Fault, str] = {}
    for number, fault in enumerate(faults, 1):
        if monotonic() > ends_at:
            out.print(f"time is over after {number - 1} faults")
            break
        target = folder / fault.file
        original = target.read_text()
        target.write_text(source_with(folder, fault))
        began = monotonic()
        fates[fault] = fate_of(folder, left_out)
        target.write_text(original)
        took_s = monotonic() - began
        out.print(f"{number:4} {fates[fault]:9} {took_s:5.1f} s  {fault.file.name}:{fault.line} {fault.kind}")
    return fates


def report(fates: dict[Fault, str], folder: Path, out: Console) -> None:
    """Print survivors, and the score by kind of fault and in all."""
    for fault, fate in fates.items():
        if fate == "survived":
            out.print(f"\nsurvived: {fault.file}:{fault.line} ({fault.kind})", markup=False)
            out.print(difference(folder, fault), markup=False)
    table = Table("kind of fault", "tried", "killed", "survived")
    kinds = Counter(fault.kind for fault in fates)
    alive = Counter(fault.kind for fault, fate in fates.items() if fate == "survived")
    for kind, tried in sorted(kinds.items()):
        table.add_row(kind, str(tried), str(tried - alive[kind]), str(alive[kind]))
    out.print(table)
    tried, survived = len(fates), sum(alive.values())
    out.print(f"score: {tried - survived} of {tried} killed, {100 * (tried - survived) / max(1, tried):.0f} %")


def main() -> None:
    """Make the faults, try them, and say what survived."""
    parser = argparse.ArgumentParser(description="how good the tests of the alarm core are")
    parser.add_argument("--faults", type=int, default=150, help="how many faults to try")
    parser.add_argument("--seed", type=int, default=1, help="chooses them")
    parser.add_argument("--minutes", type=float, default=40.0, help="how long at most")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    parser.add_argument("--list", action="store_true", help="only print the faults that would be tried")
    asked = parser.parse_args()
    out = Console(width=140, highlight=False)
    with tempfile.TemporaryDirectory(prefix="vitalwatch-mutation-") as name:
        folder = Path(name)
        copy_project(folder)
        files = sorted(path.relative_to(folder) for path in (folder / CORE).rglob("*.py") if asked.only in path.name)
        every = [fault for file in files for fault in faults_of(folder, file)]
        chosen = random.Random(asked.seed).sample(every, min(asked.faults, len(every)))
        out.print(f"{len(chosen)} of {len(every)} faults in {len(files)} files, seed {asked.seed}")
        if asked.list:
            for fault in chosen:
                out.print(f"{fault.file}:{fault.line} {fault.kind}\n{difference(folder, fault)}", markup=False)
            return
        left_out = failing_already(folder)
        for test in left_out:
            out.print(f"left out, for it fails without any fault: {test}", markup=False)
        report(try_all(chosen, folder, left_out, asked.minutes, out), folder, out)


if __name__ == "__main__":
    main()
