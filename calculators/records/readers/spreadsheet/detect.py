"""A sheet as it is: where its header is, what each column holds, on which day it was made.

A column is taken by itself only when its header says so, its cells do not deny it, no other field or column comes close,
and what can be checked across columns agrees. Everything else is asked: a wrong figure is worse than a question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from calculators.french import short_day
from calculators.records import nir
from calculators.records.readers.spreadsheet import content, folded, headers, values
from calculators.records.readers.spreadsheet.mapping import (
    OF_FILE,
    ColumnMapping,
    Confidence,
    Mapping,
    Period,
    with_kind,
)
from calculators.records.readers.spreadsheet.sheets import Cell, Row, Sheet

HEADER_ROWS = 30
"""Rows among which the header is looked for."""
CELLS = 300
"""Rows whose cells are looked at."""
CLEAR_HEADER, LEAST_HEADER = 0.6, 0.2
PASSES, CLEARLY = 0.69, 0.08
"""Score from which a column is taken, and lead over the next field or column."""
ALIAS_WEIGHT = 0.75
AGREES = 0.9
"""Share of the rows on which number, birth and sex must agree."""
BY_CONTENT = ("nir", "email", "cip13", "atc", "birth", "sex", "phone")
"""Fields that cells alone may suggest."""
TITLE_DAY = re.compile(
    r"(?:editee?|imprimee?|extraite?|extraction|arretee?|date du|exportee?|generee?|etat|situation|liste|patientele)"
    r"[^0-9]{0,40}(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
)
TITLE_PERIOD = re.compile(r"\bdu (\d{1,2}[/.-]\d{1,2}[/.-]\d{4}) (?:au|a|jusqu au) (\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")
NAME_DAY = re.compile(r"(?<!\d)(?:(20\d\d)[-_. ]?([01]\d)[-_. ]?([0-3]\d)|([0-3]\d)[-_. ]([01]\d)[-_. ](20\d\d))(?!\d)")
TOTAL = re.compile(r"(?:sous[ -]?)?tota(?:l|ux)\b|nombre (?:de|total)\b|effectif\b|fin de (?:la )?liste\b|page \d")


class _Head(NamedTuple):
    """Header rows (from 0), their text by column, and the first row of data."""

    rows: tuple[int, ...]
    texts: tuple[str, ...]
    first: int


class _Guess(NamedTuple):
    field: str
    alias: float
    score: float


@dataclass(frozen=True)
class _Column:
    """A column while it is judged."""

    position: int
    header: str
    cells: content.Column
    rows: Sequence[Cell]
    """Cells of the sampled rows, empty ones included."""
    guesses: tuple[_Guess, ...]
    is_ambiguous: bool

    @property
    def best(self) -> _Guess | None:
        return self.guesses[0] if self.guesses else None


def detect(sheet: Sheet, name: str, file_day: date, header_row: int | None = None) -> Mapping:
    """What a sheet holds. `name`: of the file, as the user knows it; `file_day`: when the file was last changed;
    `header_row`: number of the row of the header, from 1, when the user says it (0: there is none)."""
    head = _header(sheet.head) if header_row is None else _told_header(sheet.head, header_row - 1)
    titles = [values.text(cell) for row in sheet.head[: head.rows[0] if head.rows else 0] for cell in row if cell]
    made_on, found_in = _day_of(titles, name, file_day)
    latest = max(made_on, file_day)
    sample = list(islice(_data(sheet, head), CELLS))
    columns = [_column(place, head, sample, latest, sheet) for place in range(len(head.texts))]
    from_1904, era_known = _era(sheet, columns, latest)
    mapped = _decided(columns, latest, from_1904, era_known)
    return with_kind(
        Mapping(
            kind="",
            sheet=sheet.name,
            encoding=sheet.encoding,
            separator=sheet.separator,
            header_rows=tuple(row + 1 for row in head.rows),
            first_row=head.first + 1,
            as_of=made_on,
            as_of_from=found_in,
            columns=tuple(mapped),
            period=_period(titles),
            from_1904=from_1904,
        )
    )


def is_blank(row: Row) -> bool:
    return all(cell is None for cell in row)


def is_header(row: Row, texts: Sequence[str]) -> bool:
    """The header printed again, as on each page; of two header rows the lower one."""
    said = [(values.text(cell), text) for cell, text in zip(row, texts, strict=False) if cell is not None]
    return len(said) > 1 and all(text == cell or text.endswith(f" {cell}") for cell, text in said)


def is_total(row: Row) -> bool:
    """A line that sums up the others: it begins with a word for it, and is mostly empty or numbers."""
    first = next((cell for cell in row if cell is not None), None)
    if not isinstance(first, str) or not TOTAL.match(folded.plain(first)):
        return False
    others = [cell for cell in row if cell is not None and cell is not first]
    return all(values.number(cell) is not None or (isinstance(cell, str) and len(cell) < 3) for cell in others)


def _data(sheet: Sheet, head: _Head) -> Iterator[Row]:
    for number, row in enumerate(sheet.rows()):
        if number >= head.first and not (is_blank(row) or is_total(row) or is_header(row, head.texts)):
            yield row


def _header(rows: Sequence[Row]) -> _Head:
    """The row whose cells are most often names of columns, with the one above when it says more."""
    best, place = LEAST_HEADER, -1
    seen = [number for number, row in enumerate(rows) if not is_blank(row)][:HEADER_ROWS]
    for number in seen:
        score = _as_header(rows[number])
        if score > best:
            best, place = score, number
        if score >= CLEAR_HEADER:
            break
    width = max((len(row) for row in rows), default=0)
    if place < 0:
        first = seen[0] if seen else 0
        return _Head((), ("",) * width, first)
    return _under(rows, place)


def _told_header(rows: Sequence[Row], place: int) -> _Head:
    if 0 <= place < len(rows):
        return _under(rows, place)
    width = max((len(row) for row in rows), default=0)
    return _Head((), ("",) * width, next((number for number, row in enumerate(rows) if not is_blank(row)), 0))


def _under(rows: Sequence[Row], place: int) -> _Head:
    """The header that ends on a row."""
    width = max(len(row) for row in rows)
    lower = _texts(rows[place], width)
    upper = _upper(rows, place, width)
    composed = tuple(_composed(above, below) for above, below in zip(upper, lower, strict=True))
    rows_of = (place - 1, place) if composed != lower else (place,)
    return _Head(rows_of, composed, place + 1)


def _as_header(row: Row) -> float:
    cells = [cell for cell in row if cell is not None]
    texts = [cell for cell in cells if isinstance(cell, str) and not _is_datum(cell) and len(cell) <= 60]
    found = headers.hits(texts)
    if len(cells) < 2 or not found:
        return 0.0
    return found / len(cells) - (len(cells) - len(texts)) / len(cells) + min(found, 20) / 1000


def _is_datum(cell: str) -> bool:
    """Dates, numbers, addresses are no names of columns."""
    if cell.replace(" ", "").replace(",", "").replace(".", "").isdigit() or "@" in cell or values.number_of(cell):
        return True
    return bool(values.FRENCH.fullmatch(cell) or values.ISO.fullmatch(cell))


def _texts(row: Row, width: int) -> tuple[str, ...]:
    texts = [values.text(cell) for cell in row]
    return tuple(texts + [""] * (width - len(texts)))


def _upper(rows: Sequence[Row], place: int, width: int) -> tuple[str, ...]:
    """The row above, each of its cells over those to its right; nothing when it is a title."""
    above = _texts(rows[place - 1], width) if place else ("",) * width
    said = [number for number, text in enumerate(above) if text]
    if not said or (len(said) == 1 and said[0] == 0) or any(_is_datum(text) for text in above if text):
        return ("",) * width
    filled, last = [], ""
    for text in above:
        last = text or last
        filled.append(last)
    return tuple(filled)


def _composed(above: str, below: str) -> str:
    """Both lines when the upper one tells another person or completes the lower one."""
    if not above or above == below:
        return below
    both = f"{above} {below}".strip()
    if headers.has_veto(above):
        return both
    if not below:
        return ""
    lower, whole = headers.best(below)[1], headers.best(both)[1]
    return both if lower < headers.TYPO * headers.ALIKE / 100 and whole >= headers.PREFIXES else below


def _column(place: int, head: _Head, sample: list[Row], latest: date, sheet: Sheet) -> _Column:
    rows = [row[place] if place < len(row) else None for row in sample]
    cells = content.Column([cell for cell in rows if cell is not None], len(rows), latest, sheet.from_1904)
    header = head.texts[place]
    options = headers.ambiguous().get(headers.fold(header), ())
    if options:
        aliases = dict.fromkeys(options, 0.9)
    else:
        aliases = {name: score for name in headers.fields() if (score := headers.alias_score(header, name)) > 0.3}
        aliases |= {name: 0.6 for name, one in headers.fields().items() if headers.fold(header) in one.unsure}
    return _Column(place, header, cells, rows, _guesses(aliases, cells), bool(options))


def _guesses(aliases: dict[str, float], cells: content.Column) -> tuple[_Guess, ...]:
    """Fields that header and cells allow, likeliest first."""
    found = []
    for name, alias in aliases.items():
        like = content.likeness(headers.fields()[name].content, cells)
        if like is not None:
            found.append(_Guess(name, alias, ALIAS_WEIGHT * alias + (1 - ALIAS_WEIGHT) * like))
    return tuple(sorted(found, key=lambda guess: -guess.score))


def _decided(columns: list[_Column], latest: date, from_1904: bool, era_known: bool) -> list[ColumnMapping]:
    mapped = [_first_view(column) for column in columns]
    mapped = [_alone(one, mapped, columns) for one in mapped]
    mapped = _in_context(mapped, columns)
    mapped = [_dates_asked(one, columns[one.position], from_1904, era_known) for one in mapped]
    return _cross_checked(mapped, columns, latest, from_1904)


def _first_view(column: _Column) -> ColumnMapping:
    """Header and cells of one column alone."""
    mapped = ColumnMapping(column.position, column.header, "", Confidence.NONE, why="rien ne correspond")
    if not column.cells.cells:
        return replace(mapped, why="colonne vide")
    proposals = tuple(guess.field for guess in column.guesses[:4])
    if column.best is None:
        return _by_content(mapped, column)
    mapped = replace(mapped, field=column.best.field, proposals=proposals)
    second = column.guesses[1].score if len(column.guesses) > 1 else 0.0
    if column.is_ambiguous:
        return replace(mapped, confidence=Confidence.ASKED, why=f"« {column.header} » peut dire plusieurs choses")
    if column.best.score < PASSES:
        return replace(mapped, confidence=Confidence.ASKED, why="l’en-tête ressemble, sans plus")
    if column.best.score - second < CLEARLY:
        return replace(mapped, confidence=Confidence.ASKED, why="deux contenus sont aussi probables l’un que l’autre")
    if column.best.alias < headers.GLUED and headers.has_veto(column.header):
        return replace(mapped, confidence=Confidence.ASKED, why="un mot de l’en-tête désigne autre chose")
    why = "en-tête" if column.best.alias >= headers.GLUED else "en-tête approchant et contenu"
    return replace(mapped, confidence=Confidence.SURE, why=why)


def _by_content(mapped: ColumnMapping, column: _Column) -> ColumnMapping:
    """No header names it: what the cells suggest is asked, unless the header names somebody else or the cells deny it."""
    if headers.has_veto(column.header):
        return replace(mapped, why="l’en-tête désigne quelqu’un ou quelque chose d’autre")
    named, alias = headers.best(column.header)
    if alias >= headers.PREFIXES:
        return replace(
            mapped, field=named, confidence=Confidence.ASKED, proposals=(named,),
            why=f"les cellules ne ressemblent pas à « {headers.fields()[named].label} »",
        )  # fmt: skip
    suggested = []
    for name in BY_CONTENT:
        like = content.likeness(headers.fields()[name].content, column.cells)
        if like is not None and like > content.NEUTRAL and column.cells.cells:
            suggested.append((like, name))
    if not suggested:
        return mapped
    proposals = tuple(name for _, name in sorted(suggested, reverse=True))
    return replace(
        mapped, field=proposals[0], confidence=Confidence.ASKED, proposals=proposals, why="contenu, sans en-tête connu"
    )


def _alone(one: ColumnMapping, mapped: list[ColumnMapping], columns: list[_Column]) -> ColumnMapping:
    """Two columns for one field are both asked, unless one is named much better."""
    if one.confidence is not Confidence.SURE:
        return one
    mine = _score(columns[one.position], one.field)
    rivals = [other for other in mapped if other is not one and other.field == one.field and not _is_guess(other)]
    if all(mine - _score(columns[other.position], one.field) >= 2 * CLEARLY for other in rivals):
        return one
    return replace(one, confidence=Confidence.ASKED, why="deux colonnes disent la même chose")


def _is_guess(one: ColumnMapping) -> bool:
    """Suggested by cells alone: no rival of what a header names."""
    return one.confidence is Confidence.NONE or one.why.startswith("contenu, sans")


def _score(column: _Column, field: str) -> float:
    return next((guess.score for guess in column.guesses if guess.field == field), 0.0)


def _in_context(mapped: list[ColumnMapping], columns: list[_Column]) -> list[ColumnMapping]:
    """Ambiguous headers that the cells, or the rest of the list, settle."""
    settled = list(mapped)
    for _ in range(2):  # the code of the act, then its date
        fields = {one.field for one in settled if one.confidence is Confidence.SURE}
        settled = [
            _settled(one, columns[one.position], fields)
            if one.confidence is Confidence.ASKED and columns[one.position].is_ambiguous
            else one
            for one in settled
        ]
    return _told_once(settled)


def _told_once(mapped: list[ColumnMapping]) -> list[ColumnMapping]:
    """A field that two columns would be is asked of both."""
    taken = [one.field for one in mapped if one.confidence is Confidence.SURE]
    return [
        replace(one, confidence=Confidence.ASKED, why="deux colonnes disent la même chose")
        if one.confidence is Confidence.SURE and taken.count(one.field) > 1
        else one
        for one in mapped
    ]


def _settled(one: ColumnMapping, column: _Column, fields: set[str]) -> ColumnMapping:
    possible = [guess.field for guess in column.guesses if guess.field not in fields]
    sure = replace(one, confidence=Confidence.SURE, why="contenu")
    strong = [name for name in possible if _is_strong(name, column.cells)]
    if len(strong) == 1:
        return replace(sure, field=strong[0])
    events = {name for kind in headers.kinds() if kind.events for name in kind.any}
    if "date" in possible and fields & events and "date" not in fields:
        return replace(sure, field="date", why="seule date d’une liste de soins")
    if "drug" in possible and fields & {"cip13", "atc"}:
        return replace(sure, field="drug", why="liste de délivrances")
    if "rank" in possible and "vaccine" in fields:
        return replace(sure, field="rank", why="liste de vaccinations")
    return one


def _is_strong(name: str, cells: content.Column) -> bool:
    """Can cells alone tell this field from all others?"""
    if len(cells.cells) < content.FEW:
        return False
    match name:
        case "cip13":
            return cells.share(values.cip13) >= AGREES
        case "atc":
            return cells.share(lambda cell: values.atc(cell) if len(values.text(cell)) >= 5 else None) >= AGREES
        case "act_code":
            words = cells.share(lambda cell: None if values.text(cell).isdigit() else cell)
            return words >= content.MOST and (content.likeness("act_code", cells) or 0) >= AGREES
        case "gp":
            return cells.share(lambda cell: None if values.number(cell) is not None else cell) >= AGREES
        case "amount":
            return cells.share(_as_price) >= content.MOST / 2
        case "vaccine":
            return (content.likeness("vaccine", cells) or 0) >= 1.0
    return False


def _as_price(cell: Cell) -> Cell:
    """An amount that is no count and no number: it has decimals, or the sign of the euro."""
    said = values.text(cell)
    return said if values.number(cell) is not None and ("€" in said or re.search(r"[.,]\d\d?$", said)) else None


def _dates_asked(one: ColumnMapping, column: _Column, from_1904: bool, era_known: bool) -> ColumnMapping:
    """Dates that can be read in two ways are asked; how they are read is kept with the column."""
    if one.field == "ald" and set(column.cells.words) <= {"0", "1"}:
        return replace(one, form="oui/non")
    if not one.field or headers.fields()[one.field].content not in ("birth", "past", "event"):
        return one
    dates = column.cells.dates
    form = dates.forms.most_common(1)[0][0] if dates.forms else ""
    doubt = ""
    if dates.swapped:
        form, doubt = "intervertis", "le tableur a interverti le jour et le mois d’une partie des dates"
    elif dates.american:
        form, doubt = "american", "les dates semblent écrites à l’américaine (mois d’abord)"
    elif dates.forms["serie"] and not era_known:
        doubt = "dates écrites en numéros de jour, depuis 1900 ou 1904"
    elif one.field == "birth" and dates.unsettled:
        doubt = "années sur deux chiffres : le siècle de certaines naissances n’est pas sûr"
    one = replace(one, form=form)
    if doubt and one.confidence is Confidence.SURE:
        return replace(one, confidence=Confidence.ASKED, why=doubt)
    return one


def _era(sheet: Sheet, columns: list[_Column], latest: date) -> tuple[bool, bool]:
    """Do day numbers count from 1904, and is it known? A workbook says; else four years later is after the list."""
    if sheet.from_1904 is not None:
        return sheet.from_1904, True
    numbered = [
        column for column in columns if column.cells.dates.forms["serie"] and column.cells.dates.share >= content.MOST
    ]
    if not numbered:
        return False, True
    later = values.Dates(latest, from_1904=True)
    for column in numbered:
        if column.best is None or headers.fields()[column.best.field].content not in ("birth", "past", "event"):
            continue
        if any((day := values.day(cell, later)) and day > latest for cell in column.cells.cells):
            return False, True
    for from_1904 in (False, True):
        how = values.Dates(latest, from_1904=from_1904)
        if any(_agreement(a, b, how) for a in columns for b in numbered if a is not b and a.cells.nirs):
            return from_1904, True
    return False, False


def _agreement(nirs: _Column, births: _Column, how: values.Dates, share: float = AGREES) -> bool | None:
    """Do numbers and births of the same rows agree, on that share of them? None: none says."""
    said = []
    for number, birth in zip(nirs.rows, births.rows, strict=True):
        found = values.number_of(number)
        agrees = nir.agrees(found, values.day(birth, how)) if found else None
        if agrees is not None:
            said.append(agrees)
    return sum(said) >= share * len(said) if said else None


def _cross_checked(
    mapped: list[ColumnMapping], columns: list[_Column], latest: date, from_1904: bool
) -> list[ColumnMapping]:
    """The number must be that of whoever was born that day, of that sex."""
    mapped = _birth_by_number(mapped, columns, latest, from_1904)
    birth = next((one for one in mapped if one.field == "birth" and one.confidence is Confidence.SURE), None)
    sex = next((one for one in mapped if one.field == "sex" and one.confidence is Confidence.SURE), None)
    many = sum(column.cells.share(values.number_of) >= content.MOST for column in columns) > 1
    checked = []
    for one in mapped:
        if one.field == "nir":
            born, wholly = (_agrees_born(one, birth, columns, latest, from_1904, share) for share in (AGREES, 1.0))
            same = _agrees_sex(columns[one.position], columns[sex.position]) if sex else None
            one = _number_checked(one, columns[one.position], born, bool(wholly), same, many)
        checked.append(one)
    checked = _key_checked(_sex_checked(checked, columns), columns)
    return _told_once(checked)


def _birth_by_number(
    mapped: list[ColumnMapping], columns: list[_Column], latest: date, from_1904: bool
) -> list[ColumnMapping]:
    """Dates without a clear header that the number of the same rows confirms are the births."""
    if any(one.field == "birth" and one.confidence is Confidence.SURE for one in mapped):
        return mapped
    numbers = [one for one in mapped if one.field == "nir"]
    found = []
    for one in mapped:
        if (
            one.confidence is Confidence.ASKED
            and "birth" in one.proposals
            and one.form not in ("american", "intervertis")
        ):
            how = values.Dates(latest, from_1904=from_1904, birth=True)
            confirmed = [n for n in numbers if _agreement(columns[n.position], columns[one.position], how, 1.0)]
            if (
                confirmed
                and len(columns[one.position].cells.cells) >= content.FEW
                and not columns[one.position].cells.dates.unsettled
            ):
                found.append(one)
    if len(found) != 1:
        return mapped
    sure = replace(
        found[0], field="birth", confidence=Confidence.SURE, why="confirmée par le numéro de sécurité sociale"
    )
    form = columns[sure.position].cells.dates.forms.most_common(1)
    sure = replace(sure, form=form[0][0] if form else "")
    return [sure if one is found[0] else one for one in mapped]


def _agrees_born(
    one: ColumnMapping,
    birth: ColumnMapping | None,
    columns: list[_Column],
    latest: date,
    from_1904: bool,
    share: float,
) -> bool | None:
    if birth is None:
        return None
    how = values.Dates(latest, american=birth.form == "american", from_1904=from_1904, birth=True)
    return _agreement(columns[one.position], columns[birth.position], how, share)


def _agrees_sex(nirs: _Column, sexes: _Column) -> bool | None:
    said = [
        nir.sex_of(found) == values.sex(sex)
        for number, sex in zip(nirs.rows, sexes.rows, strict=True)
        if sex is not None and (found := values.number_of(number))
    ]
    return sum(said) >= AGREES * len(said) if said else None


def _number_checked(
    one: ColumnMapping, column: _Column, born: bool | None, wholly: bool, same: bool | None, many: bool
) -> ColumnMapping:
    """`born`, `same`: birth, sex agree on nearly all rows; `wholly`: birth on every one; `many`: two columns of numbers."""
    if born is False or same is False:
        said = "il contredit la naissance ou le sexe : ce peut être celui de l’assuré"
        return replace(one, confidence=Confidence.ASKED, why=said)
    if (
        wholly
        and not headers.has_veto(column.header)
        and one.confidence is Confidence.ASKED
        and len(column.cells.nirs) >= content.FEW
    ):
        return replace(one, confidence=Confidence.SURE, why="confirmé par la date de naissance")
    if one.confidence is not Confidence.SURE or born:
        return one
    named = column.best is not None and column.best.alias >= headers.GLUED
    keyed = [number for number in column.cells.nirs if len(number) == 15]
    good = sum(map(nir.has_good_key, keyed)) >= AGREES * len(keyed)
    if named and good and not many:
        return one
    return replace(one, confidence=Confidence.ASKED, why="rien dans la liste ne confirme que c’est celui du patient")


def _key_checked(mapped: list[ColumnMapping], columns: list[_Column]) -> list[ColumnMapping]:
    """Two digits that are the key of the number beside them."""
    keys = [one for one in mapped if "nir_key" in (one.field, *one.proposals) and one.confidence is Confidence.ASKED]
    numbers = [one for one in mapped if one.field == "nir"]
    if len(keys) != 1 or len(numbers) != 1:
        return mapped
    pairs = zip(columns[numbers[0].position].rows, columns[keys[0].position].rows, strict=True)
    good = [nir.key(found) == values.count(key) for cell, key in pairs if (found := values.number_of(cell))]
    if not good or sum(good) < AGREES * len(good):
        return mapped
    sure = replace(keys[0], field="nir_key", confidence=Confidence.SURE, why="clé juste des numéros")
    return [sure if one is keys[0] else one for one in mapped]


def _sex_checked(mapped: list[ColumnMapping], columns: list[_Column]) -> list[ColumnMapping]:
    """Sex and title must agree."""
    sex = next((one for one in mapped if one.field == "sex" and one.confidence is Confidence.SURE), None)
    title = next((one for one in mapped if one.field == "civility" and one.confidence is Confidence.SURE), None)
    if not sex or not title:
        return mapped
    said = [
        values.sex(a) == b
        for a, cell in zip(columns[sex.position].rows, columns[title.position].rows, strict=True)
        if (b := values.civility(cell)) in ("F", "M") and a is not None
    ]
    if sum(said) >= AGREES * len(said):
        return mapped
    doubt = "sexe et civilité se contredisent"
    return [replace(o, confidence=Confidence.ASKED, why=doubt) if o in (sex, title) else o for o in mapped]


def _day_of(titles: Sequence[str], name: str, file_day: date) -> tuple[date, str]:
    """The day of the list, and where it was found."""
    said = [folded.plain(title) for title in titles]
    how = values.Dates(file_day)
    for title in said:
        if (period := TITLE_PERIOD.search(title)) and (day := values.day(period[2], how)):
            return day, "titre de la liste"
        if (found := TITLE_DAY.search(title)) and (day := values.day(found[1], how)):
            return day, "titre de la liste"
    if found := NAME_DAY.search(name):
        parts = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        if (day := values.day("-".join(parts), how)) and day <= file_day:
            return day, "nom du fichier"
    return file_day, f"{OF_FILE}, {short_day(file_day)}"


def _period(titles: Sequence[str]) -> Period | None:
    """« Actes du 01/01/2025 au 31/12/2025 »."""
    for title in titles:
        if found := TITLE_PERIOD.search(folded.plain(title)):
            first, last = (values.day(found[n], values.Dates(date.max)) for n in (1, 2))
            if first and last and first <= last:
                return Period(first, last)
    return None
