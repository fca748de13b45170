"""``pipit models``: which weights there are, how they come here, whether they are whole, which are used."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipit.device.command_line import ConfigOption, JsonOption, example

app = typer.Typer(
    help="Weights: what there is, what it needs; fetched, checked, put to use.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

NameArgument = Annotated[str, typer.Argument(metavar="SET", help="Such as board, or the name of one engine's weights.")]


@app.command("list", epilog=example("pipit models list --json"))
def list_(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the sets of weights: size, memory, licence, what each is good for, what is here and what is in use."""
    from rich.console import Console

    from pipit.device.config import load_settings
    from pipit.device.models_show import added_as_json, added_table, set_table, sets_as_json
    from pipit.models.catalogue import catalogue, models_folder

    engines = load_settings(config).engines
    used = engines.weights
    if as_json:
        told = {
            "version": 1,
            "folder": str(models_folder()),
            "sets": sets_as_json(used),
            "added": added_as_json(engines),
        }
        print(json.dumps(told, indent=1))
        return
    console = Console(highlight=False)
    for name in catalogue().sets:
        console.print(set_table(name, name == used))
    if (table := added_table(engines)) is not None:
        console.print(table)
    console.print(f"Fetched weights lie in {models_folder()}", soft_wrap=True)


@app.command(epilog=example("pipit models pull", "PIPIT_MODELS_DIR=/var/lib/pipit/models pipit models pull roomy"))
def pull(name: NameArgument = "", as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Fetch a set (board, if none is named); what was cut off goes on where it stopped.

    Every file is compared with its SHA-256 before it is put where it can be loaded. Proxies are taken from the
    environment; PIPIT_MODELS_MIRROR or engines.mirror names another source than the files' own hosts.
    """
    from pipit.device.config import load_settings
    from pipit.device.fetch.run import pull_named
    from pipit.device.fetch.show import fetched_as_json, show_fetched
    from pipit.models.catalogue import catalogue

    chosen = name or next(known for known, entry in catalogue().sets.items() if entry.default)
    fetched = pull_named(chosen, load_settings(config).engines.mirror, quiet=as_json)
    if as_json:
        print(json.dumps(fetched_as_json(chosen, fetched), indent=1))
    else:
        show_fetched(chosen, fetched)


@app.command(epilog=example("pipit models verify", "pipit models verify board --json"))
def verify(name: NameArgument = "", as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Compare every file of a set, or of what is in use, with its size and SHA-256; exit code 1 when one is wrong."""
    from rich.console import Console

    from pipit.device.config import load_settings
    from pipit.device.engines import SCRIPTED
    from pipit.device.fetch.choose import files_of, in_use
    from pipit.device.models_show import check_files, show_verdicts, verdicts_as_json
    from pipit.device.weights import listed_files

    engines = load_settings(config).engines
    chosen = name or engines.weights
    if chosen == SCRIPTED:
        print(json.dumps(verdicts_as_json(chosen, [])) if as_json else "scripted engines: no weights to verify")
        return
    if not name and (engines.recognizer or engines.model or engines.voice or engines.language):
        chosen = "what is in use"
    verdicts = check_files(listed_files(name) if name else files_of(in_use(engines)))
    if as_json:
        print(json.dumps(verdicts_as_json(chosen, verdicts), indent=1))
    else:
        show_verdicts(chosen, verdicts, Console())
    raise typer.Exit(0 if all(verdict.ok for verdict in verdicts) else 1)


@app.command(
    epilog=example(
        "pipit models use board",
        "pipit models use pocket",
        "pipit models use roomy qwen2.5-1.5b-instruct",
        "sudo pipit models use board --config /etc/pipit/pipit.toml",
    )
)
def use(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="A set, or weights for one engine, or several.")],
    language: Annotated[str, typer.Option("--language", help="Of recogniser, voice and prompts, such as de.")] = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Although the memory may not do.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write into the configuration which weights are used, once they are complete, proved and fit into memory.

    A set takes the place of all three engines; added weights, or others of the catalogue, of their own kind alone.
    """
    from pipit.device.config import load_settings
    from pipit.device.fetch.run import use_named
    from pipit.device.fetch.show import show_used

    used = use_named(names, language, load_settings(config).engines, config, anyway=anyway)
    if as_json:
        print(json.dumps(used.as_json(), indent=1))
    else:
        show_used(used)


@app.command(
    epilog=example(
        "pipit models add vosk-model-small-de-0.15.zip",
        "pipit models add https://example.org/voices/de_DE-thorsten-low.onnx",
        "pipit models add ~/my-model.gguf --link --language de",
    )
)
def add(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|FOLDER", help="A Vosk folder or zip, a GGUF, a voice.")],
    name: Annotated[str, typer.Option("--name", help="What to call it; else as its file.")] = "",
    language: Annotated[str, typer.Option("--language", help="Where its content does not tell: de, en-GB.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Noted in the list.")] = "",
    sha256: Annotated[str, typer.Option("--sha256", help="What the file's SHA-256 must be.")] = "",
    link: Annotated[bool, typer.Option("--link", help="Point to it instead of copying it.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take in weights of your own, recognised by their content: a Vosk model, a GGUF file, a Piper voice (with .json).

    A digest that is not known beforehand is recorded, and compared from then on.
    """
    from pipit.device.config import load_settings
    from pipit.device.fetch.run import add_named
    from pipit.device.fetch.show import show_taken, taken_as_json
    from pipit.models.fetch import Wish

    wish = Wish(source, name=name, language=language, licence=licence, sha256=sha256, link=link)
    taken = add_named(wish, load_settings(config).engines.mirror, quiet=as_json)
    if as_json:
        print(json.dumps(taken_as_json(taken), indent=1))
    else:
        show_taken(taken)
