"""The reference of the agreement file, made from its schema, so that it cannot say anything else.

`docs/reference/agreement.md` is this text; a test holds the two equal.
"""

from collections.abc import Iterator
from typing import Any

from accord.agreement.measures import PROMISABLE
from accord.agreement.rendering.markdown import table
from accord.agreement.schema import Schema, json_schema

_HEAD = """\
# The agreement file

An agreement is a YAML file that people can read in a pull request. `accord check FILE` reports every problem
in it at once, as `file:line: path: what is wrong; what is allowed`; `accord render FILE` says it in plain
words; the [JSON Schema](agreement.schema.json) lets editors complete and check it as you type. How to write
one is in [Write an agreement](../how-to/write-an-agreement.md). This page is made from the schema.

## How values are written

| Value | Written | Not |
| --- | --- | --- |
| percentage | `34%`, `2.5%` | `34`, `0.34` |
| rate | `34%`, or as counted: `68 of 200` | `0.34` |
| amount | `500000`, `500,000`, `1999.90` | `500k`, `5.000,00` |
| length of time | `60 min`, `24 h`, `2 d`, `1 w`; `3 d wall` for wall time; for a cycle `1 month` | `90` |
| date | `2026-01-31` | `31.01.2026` |
| yes or no | `true`, `false` | `yes`, `on` |

Lengths of time are working time of the calendar that applies, unless they say `wall`: `1 d` is one usual
working day, `1 w` five of them. The ages in a cadence are calendar time since the hand-off.

Every value is taken as the text that was written, so a lead type may be called `no` and `1:30` is no number.
Unknown keys, keys without a value, keys that stand twice, tags, merge keys (`<<`) and a second document are
errors; anchors and aliases work. Where the tables say *one or several*, one may stand without brackets.
Paths in reports count the entries of a list from 0: `promises[2].side`.
"""


def reference_markdown() -> str:
    """The reference as Markdown: the keys at the top, then every part, then the measures to promise."""
    schema = json_schema()
    parts: Schema = schema["$defs"]
    blocks = [_HEAD, "## The keys at the top", _keys(schema, parts)]
    for name in _in_order(schema, parts):
        part = _object_of(parts[name])
        if "properties" not in part:
            continue
        about = " ".join((part.get("description") or "").split())
        blocks += [f"## {_title(name)}", about, _keys(part, parts)]
    rows = [
        (
            f"`{name}`",
            " or ".join(m.sides),
            m.unit,
            " or ".join(f"`{s}`" for s in m.sources),
            _sentence(m.sentence),
        )
        for name, m in PROMISABLE.items()
    ]
    blocks += ["## What can be promised", table(("Measure", "By", "Target", "`from`", "Means"), rows)]
    return "\n\n".join(block.strip() for block in blocks if block) + "\n"


def _sentence(sentence: str) -> str:
    return sentence.replace("{target}", "…")


def _title(name: str) -> str:
    return "Calendar" if name == "CalendarTerms" else name


def _in_order(schema: Schema, parts: Schema) -> list[str]:
    """Parts in the order in which the file meets them, each once."""
    seen: dict[str, None] = {}

    def visit(value: Any) -> None:
        for name in _refs(value):
            if name not in seen:
                seen[name] = None
                visit(parts[name])

    for item in schema["properties"].values():
        visit(item)
    return list(seen)


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _refs(item)


def _object_of(part: Schema) -> Schema:
    first: Schema = part["anyOf"][0] if "anyOf" in part else part
    return first


def _keys(part: Schema, parts: Schema) -> str:
    required = part.get("required", ())
    rows = [
        (
            f"`{key}`{' (required)' if key in required else ''}",
            (item.get("description") or "").replace("|", "\\|"),
            _form(item, parts),
            _default(item.get("default")),
        )
        for key, item in part["properties"].items()
    ]
    for item in part.get("patternProperties", {}).values():
        rows.append(("`A_to_B`", item.get("description", ""), _form(item, parts), ""))
    return table(("Key", "Meaning", "Form", "If not said"), rows)


_KINDS = {  # by the first example that the schema gives
    "34%": "percentage",
    "500000": "amount",
    "12": "count",
    "20": "points",
    "60 min": "length of time",
    "1 month": "length of time",
}


def _form(item: Schema, parts: Schema) -> str:
    """What may be written, in a few words."""
    if "$ref" in item:
        return _linked(item["$ref"].rpartition("/")[2], parts)
    if "anyOf" in item:
        forms = list(dict.fromkeys(_form(option, parts) for option in item["anyOf"]))
        several = any(form == f"list of {other}" for form in forms for other in forms)
        return "one or several" if several else " or ".join(forms)
    if item.get("type") == "array":
        return f"list of {_form(item['items'], parts)}"
    if item.get("type") == "object":
        inner: Schema = item.get("additionalProperties") or next(iter(item["patternProperties"].values()))
        return f"by name: {_form(inner, parts)}"
    return _single(item)


def _linked(name: str, parts: Schema) -> str:
    if "enum" in parts[name]:
        return _single(parts[name])
    return f"[{_title(name)}](#{_title(name).lower()})"


def _single(item: Schema) -> str:
    options = [item["const"]] if "const" in item else item.get("enum", ())
    if True in options and item.get("const") != 1:
        return "`true`, `false`"
    if options:
        return ", ".join(f"`{option}`" for option in options) if len(options) < 9 else "see the last table"
    if examples := item.get("examples"):
        return _KINDS.get(str(examples[0]), f"such as `{examples[0]}`")
    return "date" if item.get("format") == "date" else "text"


def _default(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{_flat(item)}`" for item in value)
    return "" if value is None else f"`{_flat(value)}`"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(_flat, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
