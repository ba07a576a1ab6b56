"""Where in a TOML text each key and each value stands.

The parser of the standard library gives values without places, so a second one (tree-sitter) is asked when a place
is needed. Import this module late: it costs about 2 MB.
"""

from __future__ import annotations

import tomllib
from typing import NamedTuple, TypeAlias

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the top of the file; an index, from 0, after the name of an array: ``("device", 0, "link")``."""


class Place(NamedTuple):
    """A place in a text: line and column from 1, counted in characters."""

    line: int
    column: int


class Positions:
    """Places of all keys and values of a text that ``tomllib`` accepts."""

    def __init__(self, text: str) -> None:
        source = text.encode("utf-8")
        self._lines = source.split(b"\n")
        self._keys: dict[KeyPath, Place] = {}
        self._values: dict[KeyPath, Place] = {}
        self._array_lengths: dict[KeyPath, int] = {}
        self._read_document(Parser(Language(tree_sitter_toml.language())).parse(source).root_node)

    def of_key(self, path: KeyPath) -> Place | None:
        """Where the key stands, or the header of a table; of the innermost table around it when it is not there."""
        return self._innermost(self._keys, path)

    def of_value(self, path: KeyPath) -> Place | None:
        """Where the value stands, or the header of a table; of the innermost table around it when it is not there."""
        return self._innermost(self._values, path)

    @staticmethod
    def _innermost(places: dict[KeyPath, Place], path: KeyPath) -> Place | None:
        for length in range(len(path), 0, -1):
            if path[:length] in places:
                return places[path[:length]]
        return None

    def _read_document(self, root: Node) -> None:
        for child in root.named_children:
            if child.type == "pair":
                self._read_pair((), child)
            elif child.type in ("table", "table_array_element"):
                self._read_table(child)

    def _read_table(self, table: Node) -> None:
        header, *rest = table.named_children
        table_path: KeyPath = ()
        segments = _segments(header)
        for number, (name, node) in enumerate(segments, start=1):
            table_path += (name,)
            place = self._place(node)
            self._note(table_path, place, place)
            if table.type == "table_array_element" and number == len(segments):
                self._array_lengths[table_path] = self._array_lengths.get(table_path, 0) + 1
            if table_path in self._array_lengths:  # a header means the newest element of an array on its way
                table_path += (self._array_lengths[table_path] - 1,)
                self._note(table_path, place, place)
        for child in rest:
            if child.type == "pair":
                self._read_pair(table_path, child)

    def _read_pair(self, table_path: KeyPath, pair: Node) -> None:
        key, value = (child for child in pair.named_children if child.type != "comment")
        path = table_path
        for name, node in _segments(key):
            path += (name,)
            self._note(path, self._place(node), self._place(value))
        self._read_value(path, value)

    def _read_value(self, path: KeyPath, value: Node) -> None:
        children = [child for child in value.named_children if child.type != "comment"]
        if value.type == "inline_table":
            for child in children:
                self._read_pair(path, child)
        elif value.type == "array":
            for index, child in enumerate(children):
                self._note((*path, index), self._place(child), self._place(child))
                self._read_value((*path, index), child)

    def _note(self, path: KeyPath, key: Place, value: Place) -> None:
        self._keys.setdefault(path, key)
        self._values.setdefault(path, value)

    def _place(self, node: Node) -> Place:
        row, byte_column = node.start_point
        before = self._lines[row][:byte_column].decode("utf-8")
        return Place(row + 1, len(before) + 1)


def _segments(key: Node) -> list[tuple[str, Node]]:
    """The parts of a dotted key, unquoted, each with its node."""
    if key.type == "dotted_key":
        return [segment for child in key.named_children for segment in _segments(child)]
    text = (key.text or b"").decode("utf-8")
    return [(next(iter(tomllib.loads(f"{text} = 0"))), key)]
