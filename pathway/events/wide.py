"""Wide tables made long: a row a patient or stay with a column for each event becomes a row for each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pathway.events.text_columns import TextColumns


def unrolled(text: TextColumns, wide: Sequence[str], fields: Mapping[str, Sequence[str]]) -> TextColumns:
    """One row for each cell with something in it: its event is what the cell's column is called, its time the cell. The other
    columns are the same for all, and an id is made one of each. A row with nothing in any of them stays one without a time.

    `fields` are the columns by the field of an event that they hold.
    """
    event, occurred = fields["event"][0], fields["occurred"][0]
    found = [name for name in wide if name in text.columns]
    ids = [name for name in fields["id"] if name in text.columns]
    places: list[int] = []
    names: list[str] = []
    times: list[str] = []
    for place in range(len(text.rows)):
        cells = [(name, text.columns[name][place]) for name in found if text.columns[name][place]]
        for name, cell in cells or [(found[0] if found else "", "")]:
            places.append(place)
            names.append(name)
            times.append(cell)
    columns = {name: [column[place] for place in places] for name, column in text.columns.items() if name not in found}
    for name in ids:
        columns[name] = [own and f"{own} {of}" for own, of in zip(columns[name], names, strict=True)]
    columns |= {event: names, occurred: times}
    return TextColumns(text.names, columns, [text.rows[place] for place in places], text.broken, text.mended)
