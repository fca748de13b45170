"""Runs the assistant live, until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from pipit.audio import AudioClock
from pipit.device.app import Assistant
from pipit.device.config import Settings
from pipit.device.console import SerialConsole, StdinConsole, UnixSocketConsole, socket_to_serve
from pipit.device.controls import Earcons, LightsOn, buttons, lights
from pipit.device.engines import load_all
from pipit.device.flow.find import HOME
from pipit.device.live.control import LiveControl
from pipit.device.live.gate import Gate
from pipit.device.live.lives import Life, Lives, Plan
from pipit.device.log import EventLog
from pipit.device.prompt import system_prompt
from pipit.device.sessions import knowledge_for_life, lead_sessions, led_on, record_for_life
from pipit.device.sound import LiveMicrophone, LiveSpeaker
from pipit.fsm import events as ev
from pipit.models import Engines

STDIN = "-"


def run_live(
    settings: Settings,
    engines: Engines,
    *,
    port: str = "",
    subscribers: Sequence[Callable[[ev.Event], None]] = (),
    reread: Callable[[], Settings] | None = None,
    load: Callable[[Settings], Engines] = load_all,
    flow: str = HOME,
) -> None:
    """Talk until SIGTERM, Ctrl-C or ``quit``; ``port`` is one more console, ``-`` this terminal.

    It begins with ``flow``, where that was left, and returns to free conversation when it is over. On SIGHUP the
    settings are taken from ``reread``, and engines whose settings have changed from ``load``.
    Raises what broke beyond repair, so that a service manager starts it again.
    """
    lives = Lives(
        Plan(settings, engines, ev.SessionOrder(verb="start", argument=flow)),
        lambda plan: _put_together(plan, port, subscribers),
        load,
        reread,
    )
    del engines  # nobody but the assistant holds them: others may take their place
    lives.run()


def _put_together(plan: Plan, port: str, subscribers: Sequence[Callable[[ev.Event], None]]) -> Life:
    settings = plan.settings
    name = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}" + (f"-{plan.number}" if plan.number else "")
    microphone = LiveMicrophone(settings.sound)
    gate, clock = Gate(microphone), AudioClock()
    prompt = system_prompt(settings.reply, lambda: datetime.now().astimezone())
    record, put_away = record_for_life(settings.journal)
    knowledge = knowledge_for_life(settings.reply, settings.engines)
    sessions = lead_sessions(prompt, clock, record, home=HOME, knowledge=knowledge)
    assistant = Assistant(plan.engines, gate, settings, name, sessions, clock)
    assistant.at_end(put_away)
    speaker = LiveSpeaker(
        assistant.playback,
        settings.sound,
        on_lost=lambda error: assistant.post(ev.SpeakerLost(reason=str(error))),
        on_back=lambda: assistant.post(ev.SpeakerBack()),
    )
    assistant.attach("speaker", speaker.run, speaker.close)
    control = LiveControl(assistant, settings, gate, microphone, speaker, sessions)
    control.subscribe(EventLog())
    for subscriber in subscribers:
        control.subscribe(subscriber)
    try:
        _attach_controls(assistant, control, settings, speaker)
        _attach_consoles(assistant, control, settings, port)
    except BaseException:
        assistant.stop()  # lets go of what is claimed already
        raise
    return Life(assistant, control, lambda: led_on(record, sessions.state, HOME))


def _attach_consoles(assistant: Assistant, control: LiveControl, settings: Settings, port: str) -> None:
    chosen = settings.console
    server = UnixSocketConsole(control, socket_to_serve(chosen), assistant.spawn, chosen.socket_group)
    server.open()
    assistant.attach("console socket", server.run, server.close)
    for line in {chosen.port, port} - {"", STDIN}:
        serial = SerialConsole(control, line, chosen.baud)
        assistant.attach(f"console {Path(line).name}", serial.run, serial.close)
    if port == STDIN:
        terminal = StdinConsole(control)
        assistant.attach("console terminal", terminal.run, terminal.close)


def _attach_controls(assistant: Assistant, control: LiveControl, settings: Settings, speaker: LiveSpeaker) -> None:
    for number, button in enumerate(buttons(settings.button, lambda: control.post(ev.SessionOrder(verb="stop")))):
        assistant.attach(f"button {number}", button.run, button.close)
        button.start(control.post, control.stamp)
        control.subscribe(button.follow)
    for light in lights(settings.lights):
        control.subscribe(LightsOn(light))
        assistant.at_end(light.close)
    control.subscribe(Earcons(speaker.cue, settings.lights.earcons))
