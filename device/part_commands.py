"""The commands that use one engine at a time: ask, say, listen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipit.device.command_line import ConfigOption, JsonOption, example, print_json, settings_from
from pipit.errors import BadInput

app = typer.Typer()


@app.command(epilog=example('pipit ask "tell me a joke"'))
def ask(
    text: Annotated[str, typer.Argument(help="What to ask.")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask the language model alone, and print its reply as it is written."""
    from pipit.device.engines import load_model
    from pipit.device.prompt import system_prompt
    from pipit.models import CancelToken, Message

    if not text.strip():
        raise BadInput("ask-nothing", "there is no question", "write one in quotes")
    settings = settings_from(config)
    model = load_model(settings)
    system = system_prompt(settings.reply, lambda: datetime.now().astimezone())()
    messages = (Message("system", system), Message("user", text.strip()))
    pieces: list[str] = []
    for piece in model.generate(messages, CancelToken(), settings.reply.tokens):
        pieces.append(piece)
        if not json:
            print(piece, end="", flush=True)
    if json:
        print_json({"model": model.name, "text": text, "reply": "".join(pieces).strip()})
    else:
        print()


@app.command(epilog=example('pipit say "Good morning." --out morning.wav'))
def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The recording to write.")] = Path("out/say.wav"),
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Speak a text with the voice alone, into a recording."""
    from pipit.audio import WavWriter
    from pipit.device.engines import load_voice
    from pipit.fsm.clauses import ClauseCutter, speakable
    from pipit.models import CancelToken

    if not any(c.isalnum() for c in text):
        raise BadInput("say-nothing", "there is nothing to say", "write some words in quotes")
    voice = load_voice(settings_from(config))
    writer = WavWriter(out, voice.sample_rate)
    cutter = ClauseCutter()
    for clause in (*cutter.feed(text), *cutter.finish()):
        for samples in voice.synthesize(speakable(clause), CancelToken()):
            writer.write(samples)
    writer.close()
    facts = {"voice": voice.name, "audio": str(out), "seconds": round(writer.samples / voice.sample_rate, 3)}
    if json:
        print_json(facts)
    else:
        print(f"{out}  {facts['seconds']} s")


@app.command(epilog=example("pipit listen question.wav"))
def listen(
    wav: Annotated[Path, typer.Argument(help="A recording.")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write down a recording with the recogniser alone."""
    from pipit.audio import WavClip
    from pipit.device.engines import load_recognizer
    from pipit.fsm.transcript import clean

    clip = WavClip(wav)
    recognizer = load_recognizer(settings_from(config))
    for block in clip.blocks():
        recognizer.feed(block.astype("<i2").tobytes())
    text = clean(recognizer.final())
    if json:
        print_json({"recognizer": recognizer.name, "source": str(wav), "transcript": text})
    else:
        print(text or "(nothing)")
