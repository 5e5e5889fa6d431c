"""The same SQL files on Spark: a connection that takes DuckDB's statements, translated (DESIGN 5).

sqlglot turns one dialect into the other, `spelling` what it leaves alone. A table is worked out when it is
made and then stands by itself, as in DuckDB: Spark would otherwise put the question behind it into every
question that reads it, and their plans would outgrow any memory.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Self

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp, parse, parse_one

from accord.errors import EngineMissing
from accord.ledger.spelling import OWN, named_before, parts_of, respelled, unions_by_name, written_out

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # instants of the log are UTC without a zone
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",  # one kind of instant, as in DuckDB
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {  # where nobody named a cluster: this machine alone, and nothing listens beyond it
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.memory": "2g",
}
# Signs of a pattern in the name of a file: as `log.sql_path` writes them, and as Spark wants them
_QUOTED, _SPECIAL = re.compile(r"\[([*?\[])\]"), re.compile(r"([*?\[\]{}\\])")


def session(master: str | None = None) -> SparkSession:
    """The running Spark session, or one on `master`; on this machine where none is named.

    Raises EngineMissing where Java is not installed.
    """
    builder = SparkSession.builder.appName("accord").master(master or "local[*]")
    for name, value in {**_SETTINGS, **({} if master else _LOCAL)}.items():
        builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise EngineMissing(f"Spark does not start, is Java installed? ({error})") from error
    made.sparkContext.setLogLevel("OFF")
    return made


class SparkConnection:
    """What the ledger asks of a connection: `execute`, then `fetchone`, `fetchall` or `description`."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self._macros: dict[str, tuple[list[str], exp.Expression]] = {}
        self._columns: dict[str, list[tuple[str, str]]] = {}  # of tables that rows are put into
        self._made: list[str] = []  # views of Spark, DATABASE__TABLE
        self._path = ["memory"]  # databases in which a table without one is looked for
        self._frame: DataFrame | None = None

    def execute(self, sql: str) -> Self:
        """Run DuckDB statements; those about the engine itself (SET) do nothing, a database is a prefix."""
        self._frame = None
        for tree in parse(sql, read="duckdb"):
            if tree is not None:
                self._run(tree)
        return self

    @property
    def description(self) -> list[tuple[str]]:
        return [(name,) for name in self._frame.columns] if self._frame is not None else []

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._frame.collect()] if self._frame is not None else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self.fetchall()), None)

    def tables(self, databases: Iterable[str]) -> list[tuple[str, str, str | None]]:
        """Each table of the databases with the first that has it, and by which column it is about leads."""
        found: dict[str, tuple[str, str, str | None]] = {}
        for database in databases:
            for view in self._made:
                if view.startswith(f"{database}__"):
                    name = view.removeprefix(f"{database}__")
                    keys = [key for key in ("id", "lead") if key in self.spark.table(view).columns]
                    found.setdefault(name, (name, database, next(iter(keys), None)))
        return list(found.values())

    def close(self) -> None:
        """Forget the tables; the session stays for who comes next."""
        for view in self._made:
            self.spark.catalog.dropTempView(view)
        self._made.clear()

    def _run(self, tree: exp.Expression) -> None:
        if isinstance(tree, exp.Use):
            self._path = [tree.this.name]
        elif isinstance(tree, exp.Insert):
            self._insert(tree)
        elif isinstance(tree, exp.Query):
            self._frame = self.spark.sql(self.translated(tree))
        elif isinstance(tree, exp.Create):
            self._create(tree)
        elif isinstance(tree, exp.Drop):
            self._forget(self._view(tree.find(exp.Table)))
        elif isinstance(tree, exp.Alter):
            (named,) = tree.args["actions"]
            view = self._view(tree.this)
            self._keep(named.this, self.spark.table(view))
            self._forget(view)

    def _forget(self, view: str) -> None:
        self.spark.catalog.dropTempView(view)
        self._made.remove(view)

    def _create(self, tree: exp.Expression) -> None:
        if tree.kind in {"FUNCTION", "MACRO"}:
            head, name = tree.this, tree.this.this.name.lower()
            body = parse_one(OWN[name], read="spark") if name in OWN else tree.expression
            self._macros[name] = ([one.name for one in head.expressions], body)
        elif isinstance(tree.this, exp.Schema):
            columns = [(one.name, one.args["kind"].sql("spark")) for one in tree.this.expressions]
            self._columns[tree.this.this.name] = columns
            ddl = ", ".join(f"`{name}` {kind}" for name, kind in columns)
            self._keep(tree.this.this, self.spark.createDataFrame([], ddl))
        else:
            frame = self.spark.sql(self.translated(tree.expression))
            self._keep(tree.this, frame.localCheckpoint() if tree.kind == "TABLE" else frame)

    def _insert(self, tree: exp.Expression) -> None:
        casts = ", ".join(
            f"CAST(col{place} AS {kind}) AS `{column}`"
            for place, (column, kind) in enumerate(self._columns[tree.this.name], start=1)
        )
        rows = self.spark.sql(f"SELECT {casts} FROM ({self.translated(tree.expression)})")  # noqa: S608
        self._keep(tree.this, self.spark.table(self._view(tree.this)).union(rows).localCheckpoint())

    def _keep(self, table: exp.Expression, frame: DataFrame) -> None:
        view = f"{table.db or self._path[0]}__{table.name}"
        frame.createOrReplaceTempView(view)
        if view not in self._made:
            self._made.append(view)

    def _view(self, table: exp.Expression) -> str:
        """The view of Spark that stands for a table; the table's own name where none was made."""
        for database in [table.db] if table.db else self._path:
            if (view := f"{database}__{table.name}") in self._made:
                return view
        return str(table.name)

    def translated(self, tree: exp.Expression) -> str:
        """One statement as Spark writes it: macros written out, functions renamed, unions by place."""
        tree = written_out(tree.copy(), self._macros)
        self._name_views(tree)
        self._read_files(tree)
        tree = respelled(tree)
        for union in unions_by_name(tree):
            self._by_place(union)
        return str(tree.sql("spark"))

    def _name_views(self, tree: exp.Expression) -> None:
        """Our tables by the names of their views; what a query names itself (WITH) stays."""
        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            if table.db or (isinstance(table.this, exp.Identifier) and table.name not in own):
                view = self._view(table)
                if view != table.name:
                    named = exp.to_table(view)
                    named.set(
                        "alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
                    )
                    for rest in ("joins", "laterals"):
                        named.set(rest, table.args.get(rest))
                    table.replace(named)

    def _read_files(self, tree: exp.Expression) -> None:
        """Files of Parquet become views: Spark's SQL takes one path, and a path there is a pattern."""
        for call in list(tree.find_all(exp.ReadParquet)):
            paths = [
                _SPECIAL.sub(r"\\\1", _QUOTED.sub(r"\1", path.this)) for path in call.find_all(exp.Literal)
            ]
            name = f"files__{sha256(repr(paths).encode()).hexdigest()[:16]}"
            self.spark.read.parquet(*paths).createOrReplaceTempView(name)
            call.find_ancestor(exp.Table).replace(exp.to_table(name))

    def _by_place(self, union: exp.Expression) -> None:
        """UNION BY NAME as a plain one: every part gives all columns, those it lacks as NULL."""
        parts = list(parts_of(union))
        before = named_before(union)
        known = [self.spark.sql(before + part.sql("spark")).columns for part in parts]
        every = list(dict.fromkeys(column for columns in known for column in columns))
        for each in [union, *union.find_all(exp.Union)]:
            each.set("by_name", False)
        for part, columns in zip(parts, known, strict=True):
            picked = [
                exp.column(name, quoted=True)
                if name in columns
                else exp.alias_(exp.null(), name, quoted=True)
                for name in every
            ]
            part.replace(exp.select(*picked).from_(part.copy().subquery("part")))
