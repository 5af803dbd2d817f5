"""What the columns of a participation file mean: a small YAML file, checked as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from integrations.archives.csv_cells import moment
from integrations.archives.mapping_yaml import Fault, read_document
from integrations.archives.rows import Layout

RowField = Literal["id", "cohort", "date", "role", "project", "completed", "programme"]
"""What a row can say of a participation."""

FIELDS: tuple[RowField, ...] = get_args(RowField)
PARTICIPATION: tuple[RowField, ...] = ("cohort", "date", "role")
"""The fields that make a row a participation; a file with none of them only says who people are."""

COMPLETED: dict[str, bool | None] = {
    **dict.fromkeys(("yes", "true", "1", "y", "graduated", "completed"), True),
    **dict.fromkeys(("no", "false", "0", "n", "not graduated", "not completed"), False),
    "": None,
}
"""How files write, in any case, whether somebody completed what they took part in."""


def _delimiter(text: str) -> str:
    text = "\t" if text == "tab" else text
    if len(text) != 1 or text in '"\r\n\0 ':
        raise ValueError("one character such as ; or the word tab")
    return text


def _encoding(text: str) -> str:
    try:
        b"a".decode(text)
    except (LookupError, ValueError):
        raise ValueError("an encoding such as utf-8, cp1252 or utf-16") from None
    return text


def _format(text: str) -> str:
    sample = dt.datetime(2019, 1, 1)  # noqa: DTZ001 - only its written form matters
    try:
        fits = any(year in text for year in ("%Y", "%y", "%G", "%c", "%x"))
        if fits and dt.datetime.strptime(sample.strftime(text), text).date() == sample.date():  # noqa: DTZ007 - as above
            return text
    except ValueError:
        pass
    raise ValueError("a strptime format with a year, such as %d/%m/%Y")


def _identity(found: object) -> object:
    return {"column": found} if isinstance(found, str) else found


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(_Part):
    """A column that says who a person is: in the id scheme named `as`, else in the one that bare columns share."""

    column: Text
    scheme: str = Field("", alias="as", max_length=200)


class Columns(_Part):
    """The file's column for each thing a row can say."""

    id: Text | None = None
    cohort: Text | None = None
    date: Text | None = None
    role: Text | None = None
    project: Text | None = None
    completed: Text | None = None
    programme: Text | None = None


class Constants(_Part):
    """What holds for every row that does not say it itself."""

    cohort: str = ""
    date: str = ""
    role: str = ""
    project: str = ""
    completed: str = ""
    programme: str = ""


class Mapping(_Part):
    """How to read a participation file; `docs/recipes/import-participation.md` explains each field.

    `source` names the id space of the rows: files of one source with the same row ids tell of the same rows.
    """

    source: Text
    person: tuple[Annotated[Identity, BeforeValidator(_identity)], ...]
    columns: Columns = Columns()
    constants: Constants = Constants()
    values: dict[str, dict[str, str]] = {}
    dates: tuple[Annotated[str, AfterValidator(_format)], ...] = ()
    attributes: dict[Text, Text] = {}
    header: tuple[Text, ...] = ()
    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    delimiter: Annotated[str, AfterValidator(_delimiter)] = ""

    def column(self, field: RowField) -> str | None:
        """Return the column of a field, None where the file has none for it."""
        found: str | None = getattr(self.columns, field)
        return found

    def constant(self, field: RowField) -> str:
        """Return what a field is where a row does not say it; empty where nothing was declared."""
        return str(getattr(self.constants, field, ""))

    @property
    def participation(self) -> bool:
        """Whether rows tell of participations, not of people only."""
        return any(self.column(field) or self.constant(field) for field in PARTICIPATION)

    @property
    def layout(self) -> Layout:
        """How the file is written, and the columns it must have."""
        fields = [column for field in FIELDS if (column := self.column(field))]
        needed = dict.fromkeys([*fields, *(one.column for one in self.person), *self.attributes.values()])
        return Layout(tuple(needed), self.header, self.encoding, self.delimiter)


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in a YAML file. Raises InputError that names every fault with its line."""
    document = read_document(path)
    faults = list(_across(document.tree))
    try:
        mapping = Mapping.model_validate(document.tree)
    except ValidationError as error:
        shape = [_fault(one["type"], one["loc"], one["msg"]) for one in error.errors()]
        raise document.error([*shape, *faults]) from None
    faults += _constants(mapping)
    if faults:
        raise document.error(faults)
    return mapping


def _constants(mapping: Mapping) -> Iterator[Fault]:
    try:
        if mapping.constants.date:
            moment(mapping.constants.date, mapping.dates)
    except ValueError:
        expected = " or ".join(mapping.dates) or "a date such as 2020-01-31"
        yield Fault(("constants", "date"), expected)
    if mapping.constants.completed.casefold() not in COMPLETED:
        yield Fault(("constants", "completed"), "yes or no")


def _fault(kind: str, path: tuple[int | str, ...], message: str) -> Fault:
    if kind == "extra_forbidden":
        return Fault(path, _names(path), name=str(path[-1]))
    if kind == "missing":
        return Fault(path, missing=True)
    return Fault(path, _EXPECTED.get(kind, message.removeprefix("Value error, ")))


_EXPECTED = {
    "string_type": "text",
    "string_too_short": "some text",
    "string_too_long": "at most 200 characters",
    "tuple_type": "a list",
    "dict_type": "names with a value each",
    "model_type": "names with a value each",
    "model_attributes_type": "names with a value each",
}


def _names(path: tuple[int | str, ...]) -> tuple[str, ...]:
    models: dict[int | str, type[_Part]] = {"columns": Columns, "constants": Constants, "person": Identity}
    model = Mapping if len(path) == 1 else models[path[0]]
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _across(tree: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between the parts of a mapping, whatever else is wrong with it."""
    columns, constants, attributes, values = (
        part if isinstance(part := tree.get(name), dict) else {}
        for name in ("columns", "constants", "attributes", "values")
    )
    known = tuple(dict.fromkeys(("person", *(field for field in FIELDS if field != "id"), *attributes)))
    if tree.get("person") == []:
        yield Fault(("person",), "at least one column", name="an empty list")
    for name in values:
        if name not in known:
            yield Fault(("values", name), known, name=name)
    for name in attributes:
        if name in (*FIELDS, "person"):
            yield Fault(("attributes", name), "a name of its own, not one of the fields", name=name)
    said = {**columns, **constants}
    if "date" not in said and any(field in said for field in PARTICIPATION):
        where = "columns" if columns else "constants"
        yield Fault((where,), "a `date` beside the cohort or role, as a column or a constant", name="no date")
