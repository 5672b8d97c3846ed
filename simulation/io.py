"""Scenario and regime files in: what the model reads from the disk, and the shipped files."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from simulation.errors import Problem, ScenarioError, nearest, one_of, show
from simulation.nodes import LEVELS, TOO_DEEP, Node

BYTES_MOST = 1_000_000
_SUFFIXES = (".yaml", ".yml")
_FOLDERS = {"scenario": (), "regime": ("regimes",)}
_CORE = "tag:yaml.org,2002:"
_TAGS = {_CORE + tag for tag in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")}


@dataclass(frozen=True, slots=True)
class Source:
    """A file found: its bytes, its name in messages, and who it is.

    Attributes
    ----------
    content : bytes
        What it holds.
    label : str
        How messages call it.
    stem : str
        Its name without folder and suffix.
    folder : pathlib.Path or None
        Where relative paths in it start; None for shipped files.
    identity : object
        Equal for the same file, however it was named.
    """

    content: bytes
    label: str
    stem: str
    folder: Path | None
    identity: Hashable


@cache
def shipped(kind: str) -> dict[str, Traversable]:
    """Files that come with the package, by name.

    Parameters
    ----------
    kind : {'scenario', 'regime'}
        Which sort.
    """
    folder = resources.files("scenarios").joinpath(*_FOLDERS[kind])
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return {
        entry.name.removesuffix(".yaml"): entry for entry in sorted(files, key=lambda f: f.name)
    }


def locate(kind: str, name_or_path: str | Path, folder: Path | None = None) -> Source:
    """Find and read a shipped file by name, or any file by path.

    Parameters
    ----------
    kind : {'scenario', 'regime'}
        Which shipped names there are.
    name_or_path : str or pathlib.Path
        What was asked for. A bare name means a shipped file first.
    folder : pathlib.Path or None
        Where a relative path starts; the working directory by default.

    Raises
    ------
    ScenarioError
        If there is no such file, or it is not an ordinary one of at most a megabyte.
    """
    names = shipped(kind)
    text = str(name_or_path)
    if isinstance(name_or_path, str) and text in names:
        entry = names[text]
        return Source(entry.read_bytes(), entry.name, text, None, (kind, text))
    path = (folder or Path()) / text
    label = str(path)
    try:
        if path.is_dir():
            raise _refused(label, "a folder", "a YAML file")
        if not path.exists():
            stem = Path(text).stem if text.endswith(_SUFFIXES) else text
            what = f"a {kind} that is not there" if label == text else f"{show(text)}, not there"
            allowed = f"a file, or one of {one_of(names)}"
            raise ScenarioError([Problem(label, None, "", what, allowed, nearest(stem, names))])
        if not path.is_file():
            raise _refused(label, "something that is not an ordinary file", "a YAML file")
        with path.open("rb") as stream:
            content = stream.read(BYTES_MOST + 1)
        return Source(content, label, path.stem, path.parent, path.resolve())
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(label, f"a file that cannot be read ({reason})", "a YAML file") from None


def parse(source: Source) -> Node:
    """Read YAML 1.2 into nodes that know their lines.

    Only plain mappings, lists, strings, numbers, true, false and null come through: no aliases
    (which can grow without bound), no tags, no key given twice.

    Raises
    ------
    ScenarioError
        If the bytes are anything else.
    """
    if len(source.content) > BYTES_MOST:
        raise _refused(source.label, "a file of over 1 MB", "1 MB at most")
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.content[: error.start].count(b"\n") + 1
        raise _refused(
            source.label, f"byte 0x{source.content[error.start]:02x}", "UTF-8 text", line
        ) from None
    reader = YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
        node = None if root is None else _Reading(source.label, reader).node(root, "")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context).split())
        raise _refused(
            source.label, f"broken YAML ({what})", "YAML 1.2", mark.line + 1 if mark else None
        ) from None
    except YAMLError as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        raise _refused(source.label, "a character that is not text", "YAML 1.2", line) from None
    except RecursionError:
        raise _refused(source.label, TOO_DEEP, LEVELS) from None
    if node is None:
        raise _refused(source.label, "an empty file", "a mapping of keys to values")
    if not isinstance(node.value, dict):
        raise _refused(source.label, show(node.plain()), "a mapping of keys to values", node.line)
    return node


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns one file's YAML nodes into ours."""

    label: str
    reader: YAML

    def node(self, raw: Any, field: str, line: int | None = None) -> Node:
        """Convert a node; `line` is that of its key, where it has one."""
        line = line or raw.start_mark.line + 1
        if raw.anchor is not None:
            raise _refused(
                self.label, f"the anchor &{raw.anchor}", "values written out", line, field
            )
        tag = str(raw.tag)
        if tag not in _TAGS:
            tag = tag.replace(_CORE, "!!")
            raise _refused(self.label, f"the tag {tag}", "values without a tag", line, field)
        if isinstance(raw, MappingNode):
            return Node(self._mapping(raw, field), self.label, line)
        if isinstance(raw, SequenceNode):
            items = [
                self.node(item, f"{field}.{i}".lstrip(".")) for i, item in enumerate(raw.value)
            ]
            return Node(items, self.label, line)
        return Node(self._scalar(raw, field, line), self.label, line)

    def _mapping(self, raw: MappingNode, field: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key_node, value in raw.value:
            line = key_node.start_mark.line + 1
            key = self.node(key_node, field).value
            if not isinstance(key, str):
                raise _refused(self.label, f"the key {show(key)}", "words as keys", line, field)
            place = f"{field}.{key}".lstrip(".")
            if key in found:
                first = found[key].line
                raise _refused(
                    self.label, "a key for the second time", f"it once (line {first})", line, place
                )
            found[key] = self.node(value, place, line)
        return found

    def _scalar(self, raw: ScalarNode, field: str, line: int) -> object:
        if raw.tag == f"{_CORE}timestamp":
            return raw.value
        try:
            return self.reader.constructor.construct_object(raw)
        except ValueError:
            raise _refused(
                self.label, show(raw.value), "a number of usual length", line, field
            ) from None


def _refused(
    label: str, given: str, allowed: str, line: int | None = None, field: str = ""
) -> ScenarioError:
    return ScenarioError([Problem(label, line, field, given, allowed)])


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises
    ------
    ScenarioError
        If it is there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise _refused(str(path), "a file that exists", "the path of a new file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(
            str(path), f"a path that cannot be written ({reason})", "the path of a new file"
        ) from None
