"""The small SQL of an import: a cell's text, translated; a time; an amount; a condition."""

from collections.abc import Mapping, Sequence

from accord.ledger.log import sql_text
from accord.sources.fields import ISO, UNIX, UNIX_MS, Translated
from accord.sources.map import Condition
from accord.sources.zones import END, FIRST

BLANKS = " \t\r\n\u00a0"  # taken off both ends of every cell; marks of writing direction stay
_DIGITS = ("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩๐๑๒๓๔๕๖๗๘๙", "0123456789" * 3)
_ISO_FORM = (
    r"^(\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[T ]\s?(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_AMOUNT_FORM = r"^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$"
MOST_REPEATS = 10_000


def trimmed_sql(raw: str) -> str:
    """A cell without blanks around it, NULL if nothing is left.

    Looking first whether there is a blank is several times faster than trimming every cell.
    """
    signs = [(sql_text(sign), "starts_with", "ends_with") for sign in BLANKS]
    blank = " OR ".join(f"{test}({raw}, {sign})" for sign, *tests in signs for test in tests)
    trimmed = f"nullif(trim({raw}, {sql_text(BLANKS)}), '')"
    return f"CASE WHEN {blank} THEN {trimmed} WHEN {raw} = '' THEN NULL ELSE {raw} END"


def translated_sql(text: str, values: Mapping[str, str], otherwise: str | None = None) -> str:
    """The text as `values` gives it; what is not named there stays, or becomes `otherwise`.

    The expression stands in the result several times: give it a column's name.
    """
    if not values:
        return text
    rest = text if otherwise is None else f"CASE WHEN {text} IS NOT NULL THEN {_word(otherwise)} END"
    cases = " ".join(f"WHEN {sql_text(old)} THEN {_word(new)}" for old, new in values.items())
    return f"CASE {text} {cases} ELSE {rest} END"


def known_sql(text: str, empty: Sequence[str]) -> str:
    """The text, NULL where it is one of the words that mean nothing."""
    if not empty:
        return text
    return f"CASE WHEN {text} IN ({', '.join(map(sql_text, empty))}) THEN NULL ELSE {text} END"


def _word(text: str) -> str:
    return sql_text(text) if text else "NULL"


def text_sql(field: Translated, column: str) -> str:
    """A field's text, given the SQL name of its column's cell."""
    empty = dict.fromkeys(field.empty, "")
    return translated_sql(column, {**empty, **field.values}, field.otherwise)


def pattern_sql(text: str, patterns: Sequence[str]) -> str:
    """Whether the text is one of the names, or matches one of the patterns with `*`."""
    names = [sql_text(name) for name in patterns if "*" not in name]
    tests = [f"{text} IN ({', '.join(names)})"] if names else []
    for pattern in (name for name in patterns if "*" in name):
        escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
        tests.append(f"{text} LIKE {sql_text(escaped)} ESCAPE '\\'")
    return f"({' OR '.join(tests) or 'false'})"


def condition_sql(text: str, condition: Condition) -> str:
    """Whether a cell is as the condition says; an empty cell equals the empty text and nothing else."""
    cell, tests = f"coalesce({text}, '')", []
    if condition.among is not None:
        tests.append(f"{cell} IN ({', '.join(map(sql_text, condition.among)) or 'NULL'})")
    if condition.no is not None:
        tests.append(f"{cell} NOT IN ({', '.join(map(sql_text, condition.no)) or 'NULL'})")
    if condition.wants_empty is not None:
        tests.append(f"({cell} = '') = {condition.wants_empty}")
    return " AND ".join(tests)


def digits_sql(text: str) -> str:
    """The text with Persian, Arabic and Thai digits written as 0 to 9; plain texts cost one comparison."""
    old, new = map(sql_text, _DIGITS)
    return f"CASE WHEN length({text}) = strlen({text}) THEN {text} ELSE translate({text}, {old}, {new}) END"


def iso_parts_sql(text: str) -> str:
    """Day, time and offset of an ISO time as a struct (d, t, o) of texts, all empty where it is none."""
    return f"regexp_extract({text}, {sql_text(_ISO_FORM)}, ['d', 't', 'o'])"


def time_sql(text: str, parts: str, formats: Sequence[str], date_only: str) -> tuple[str, str]:
    """Two timestamps: the UTC instant if the text says its zone or counts from 1970, else the local time.

    `parts` is the name of a column with `iso_parts_sql`.
    """
    zoned, local = [], []
    for form in formats:
        if form == ISO:
            zoned.append(_iso_zoned(parts))
            local.append(_iso_local(parts, date_only))
        elif form in (UNIX, UNIX_MS):
            digits, scale = (11, 1_000_000) if form == UNIX else (14, 1_000)
            number = f"CASE WHEN regexp_matches({text}, '^\\d{{1,{digits}}}$') THEN {text}::BIGINT END"
            zoned.append(f"make_timestamp({number} * {scale})")
        elif "%z" in form or "%Z" in form:
            zoned.append(f"CAST(try_strptime({text}, {sql_text(form)}) AS TIMESTAMP)")
        else:
            local.append(_strptime(text, form, date_only))
    return _first(zoned), _first(local)


def _first(found: Sequence[str]) -> str:
    return f"coalesce({', '.join(found)})" if found else "NULL::TIMESTAMP"


def _iso_zoned(p: str) -> str:
    seconds = f"CASE WHEN length({p}.t) <= 5 THEN {p}.t || ':00' ELSE replace({p}.t, ',', '.') END"
    offset = f"CASE WHEN {p}.o IN ('Z', 'z', 'UTC', 'GMT') THEN '+00' ELSE {p}.o END"
    whole = f"{p}.d || ' ' || {seconds} || {offset}"
    return f"CASE WHEN {p}.o <> '' THEN CAST(try_cast({whole} AS TIMESTAMPTZ) AS TIMESTAMP) END"


def _iso_local(p: str, date_only: str) -> str:
    clock = f"CASE WHEN {p}.t = '' THEN {sql_text(date_only)} ELSE replace({p}.t, ',', '.') END"
    return f"CASE WHEN {p}.o = '' AND {p}.d <> '' THEN try_cast({p}.d || ' ' || {clock} AS TIMESTAMP) END"


def _strptime(text: str, form: str, date_only: str) -> str:
    found = f"CAST(try_strptime({text}, {sql_text(form)}) AS TIMESTAMP)"
    has_clock = any(code in form for code in ("%H", "%-H", "%I", "%-I", "%X", "%c"))
    hour, minute = date_only.split(":")
    return found if has_clock else f"({found} + INTERVAL '{int(hour)} hours {int(minute)} minutes')"


def in_range_sql(instant: str) -> str:
    """The instant, NULL outside the years that zones and calendars cover."""
    return f"CASE WHEN {instant} >= TIMESTAMP '{FIRST}' AND {instant} < TIMESTAMP '{END}' THEN {instant} END"


def amount_text_sql(text: str, decimal: str, strip: Sequence[str]) -> str:
    """The text of an amount with `.` as decimal sign, its thousands still parted by `,`."""
    for word in (*strip, " ", "\u00a0", "\u202f"):
        text = f"replace({text}, {sql_text(word)}, '')"
    return text if decimal == "." else f"translate({text}, '.,', ',.')"


def amount_sql(text: str) -> str:
    """The amount rounded to four decimals; NULL where the text is none, or is too large to be one."""
    return (
        f"CASE WHEN regexp_matches({text}, {sql_text(_AMOUNT_FORM)}) "
        f"THEN try_cast(replace({text}, ',', '') AS DECIMAL(18,4)) END"
    )


def count_sql(text: str) -> str:
    """A whole number from 0 to 10,000, else NULL."""
    number = rf"CASE WHEN regexp_matches({text}, '^\d{{1,5}}$') THEN {text}::INTEGER END"
    return f"CASE WHEN {number} <= {MOST_REPEATS} THEN {number} END"
