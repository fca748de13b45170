"""A session as one HTML page, to be kept, sent or printed.

The page is whole by itself: voice notes and pictures lie within it, as text, since a record that is mailed or archived
without the folder beside it would have lost them. A minute of voice takes 2.5 MB; what is larger than ``LARGEST`` is
only named.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from pipit.device.journal.show import lasted, when
from pipit.device.svg import Element, add, clean
from pipit.fsm.journal.export import SessionRecord
from pipit.fsm.journal.timeline import Chapter, timeline
from pipit.fsm.session.state import Held, Kept

LARGEST = 32 << 20
"""Bytes of one artifact."""

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;
color:#2a2926;background:#fdfcf9}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .4rem;border-bottom:1px solid #e2ded4}
.muted{color:#6f6b63;font-size:.9rem}.warn{border-left:4px solid #d99a22;padding:.2rem .8rem;background:#f7efdc}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;
border-bottom:1px solid #ebe7de}th{font-weight:600;width:30%}td.value{font-weight:600}
audio{width:100%;margin:.3rem 0}img{max-width:100%}
blockquote{margin:.3rem 0;padding-left:1rem;border-left:3px solid #e2ded4;white-space:pre-wrap}
.pipit{color:#0f4a31}.time{white-space:nowrap;width:4rem}
@media (prefers-color-scheme:dark){body{color:#eae7e0;background:#1d1c1a}.pipit{color:#8fd6b3}.muted{color:#a9a49a}
.warn{background:#3a3220}h2,th,td,blockquote{border-color:#45423c}}
@media print{body{color:#000;background:#fff;margin:0;max-width:none;font-size:11pt}audio{display:none}
h2{break-after:avoid}tr,blockquote{break-inside:avoid}.pipit{color:#000}.warn{background:none}}
"""


def page(record: SessionRecord) -> str:
    """Return the page."""
    root = Element("html", {"lang": "en"})
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content_="width=device-width")
    add(head, "title", f"{record.row.title} · {record.row.id}")
    ET.SubElement(head, "style").text = _STYLE
    body = add(root, "body")
    _heading(body, record)
    for phase in dict.fromkeys(record.state.visited):
        _phase(body, record, phase)
    if record.state.summary:
        add(body, "h2", "Summary")
        _quote(body, record.state.summary)
    _conversation(body, timeline(record.entries))
    return "<!DOCTYPE html>\n" + ET.tostring(root, encoding="unicode", method="html") + "\n"


def _heading(body: Element, record: SessionRecord) -> None:
    row = record.row
    add(body, "h1", row.title)
    until = f" to {when(row.ended)}" if row.ended else ""
    add(body, "p", f"{when(row.began)}{until} · lasted {lasted(row.elapsed)} · {row.state} · {row.id}", class_="muted")
    if not row.ended:
        add(body, "p", f"This session is not finished: it is in phase {row.phase or 'none'}.", class_="warn")


def _phase(body: Element, record: SessionRecord, phase: str) -> None:
    add(body, "h2", record.title(phase).capitalize())
    if why := record.overrides.get(phase):
        add(body, "p", f"Completed although something was lacking: {why}", class_="warn")
    _answers(body, record, phase)
    for name, kept in record.state.artifacts.items():
        if kept.phase == phase:
            _artifact(body, record, name, kept)
    for asked in record.state.asked:
        if asked.phase == phase:
            add(body, "p", f"{'Follow-up: ' if asked.parent else ''}{asked.text}")
            _quote(body, asked.answer or "no answer")


def _answers(body: Element, record: SessionRecord, phase: str) -> None:
    rows = [(name, held) for name, held in record.state.fields.items() if held.phase == phase]
    skipped = [item.partition("/")[2] for item in sorted(record.state.skipped) if item.startswith(f"{phase}/")]
    if not rows and not skipped:
        return
    table = add(body, "table")
    for name, held in rows:
        _field(table, record, name, held)
    for name in skipped:
        _row(table, _label(name), "left out")


def _field(table: Element, record: SessionRecord, name: str, held: Held) -> None:
    row = _row(table, _label(name), record.value(name))
    remarks = [f"“{held.words}”"] if held.words else []
    remarks += ["read by the model"] if held.by == "model" else []
    remarks += ["confirmed"] if held.confirmed else []
    remarks += ["not yet committed"] if not record.is_committed(name) else []
    add(row, "td", ", ".join(remarks), class_="muted")


def _row(table: Element, label: str, value: str) -> Element:
    row = add(table, "tr")
    add(row, "th", label)
    add(row, "td", value, class_="value")
    return row


def _artifact(body: Element, record: SessionRecord, name: str, kept: Kept) -> None:
    length = f", {kept.seconds:.1f} s" if kept.seconds else ""
    add(body, "p", f"{_label(name)} ({kept.path}{length})", class_="muted")
    data = _content(record.folder / kept.path)
    if isinstance(data, str):
        add(body, "p", data, class_="warn")
    elif kept.media == "text/plain":
        _quote(body, data.decode("utf-8", "replace"))
    elif kept.media.startswith("audio/"):
        add(body, "audio", controls="controls", preload="none", src=_embedded(data, kept.media))
    elif kept.media.startswith("image/"):
        add(body, "img", alt=_label(name), src=_embedded(data, kept.media))


def _content(path: Path) -> bytes | str:
    """Return a file's bytes, or what keeps us from having them."""
    try:
        if path.stat().st_size > LARGEST:
            return "Too large to be part of this page."
        return path.read_bytes()
    except OSError as error:
        return f"The file cannot be read: {error.strerror}."


def _embedded(data: bytes, media: str) -> str:
    return f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"


def _conversation(body: Element, chapters: Iterable[Chapter]) -> None:
    said = [moment for chapter in chapters for moment in chapter.moments if moment.who != "session"]
    if not said:
        return
    add(body, "h2", "What was said")
    table = add(body, "table")
    for moment in said:
        row = add(table, "tr")
        add(row, "td", lasted(moment.elapsed), class_="muted time")
        add(row, "td", moment.text, class_=moment.who)


def _quote(body: Element, text: str) -> None:
    """Keep the lines of a text; ``add`` would join them."""
    add(body, "blockquote").text = "\n".join(clean(line) for line in text.splitlines())


def _label(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
