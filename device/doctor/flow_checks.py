"""What people wrote themselves: flows and the table of their own sentences."""

from __future__ import annotations

from pipit.device.doctor.case import Case, Finding
from pipit.device.flow.find import HOME, found_flows, users_folder
from pipit.device.sessions import own_intents
from pipit.errors import BadInput


def flows(_: Case) -> list[Finding]:
    """Read every flow that can be called by its name."""
    found = found_flows()
    faulty = [flow for flow in found if flow.fault]
    if not faulty:
        own = sum(not flow.ships for flow in found)
        return [Finding("flows", "ok", f"{len(found)} can be read, {own} of them in {users_folder()}")]
    return [
        Finding(
            "flows",
            "fail" if flow.ships or flow.name == HOME else "warn",
            flow.fault,
            "it ships with Pipit: install it again" if flow.ships else f"pipit flow check {flow.path}",
        )
        for flow in faulty
    ]


def intents(case: Case) -> list[Finding]:
    """Read the user's own table; the assistant does not start with one that has a fault."""
    reply = case.settings.reply
    if not reply.intents:
        return []
    try:
        table = own_intents(reply)
    except BadInput as error:
        return [Finding("intents", "fail", error.message, error.hint or "mend the table, or move it away")]
    if not table:
        return []
    return [Finding("intents", "ok", f"{len(table)} sentence{'' if len(table) == 1 else 's'} of your own")]
