"""One language: the recogniser, the voice and the prompts that go together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipit.device.weights import Known, known_parts, known_set
from pipit.errors import BadConfig
from pipit.models.catalogue import Kind, catalogue, models_folder
from pipit.models.languages import family, speaks, split
from pipit.models.load import Weights

if TYPE_CHECKING:
    from pipit.device.settings import EngineChoice, Reply

_DOES: dict[Kind, str] = {"recognizer": "recogniser hears", "model": "model writes", "voice": "voice speaks"}

PROMPTS = {
    "de": (
        "Du bist Pipit, ein kleiner Sprachassistent ohne Internet. Antworte kurz und auf Deutsch.",
        "Entschuldigung, da ist etwas schiefgegangen. Bitte versuche es noch einmal.",
    ),
    "es": (
        "Eres Pipit, un pequeño asistente de voz sin conexión. Responde brevemente y en español.",
        "Perdón, algo ha salido mal. Inténtalo de nuevo, por favor.",
    ),
    "fr": (
        "Tu es Pipit, un petit assistant vocal hors ligne. Réponds brièvement et en français.",
        "Désolé, quelque chose s'est mal passé. Réessaie, s'il te plaît.",
    ),
    "it": (
        "Sei Pipit, un piccolo assistente vocale offline. Rispondi brevemente e in italiano.",
        "Scusa, qualcosa è andato storto. Riprova, per favore.",
    ),
    "nl": (
        "Je bent Pipit, een kleine spraakassistent zonder internet. Antwoord kort en in het Nederlands.",
        "Sorry, er ging iets mis. Probeer het nog eens.",
    ),
    "pt": (
        "Você é Pipit, um pequeno assistente de voz offline. Responda brevemente e em português.",
        "Desculpe, algo deu errado. Tente de novo, por favor.",
    ),
}
"""What the model is told and what is said when a part failed, for languages other than English."""


def chosen_weights(choice: EngineChoice) -> Weights:
    """Return the weights that a choice means: what it names, else what speaks its language, else the set's.

    Raises ``BadConfig`` when there is nothing for the language, or when the parts are of different languages.
    """
    base = catalogue().weights(known_set(choice.weights))
    if not (choice.language or choice.recognizer or choice.model or choice.voice):
        return base
    known = known_parts()
    weights = Weights(
        choice.recognizer or _in_language("recognizer", base.recognizer, choice.language, known),
        choice.model or base.model,
        choice.voice or _in_language("voice", base.voice, choice.language, known),
    )
    _require_agreement(weights, choice.language, known)
    return weights


def _in_language(kind: Kind, usual: Path, language: str, known: list[Known]) -> Path:
    """Return the set's part, or one that is here and speaks the language; of the very country rather than another."""
    own = next((part for part in known if part.path == usual and part.kind == kind), None)
    if not language or (own and speaks(own.language, language)):
        return usual
    able = [part for part in known if part.kind == kind and part.language and speaks(part.language, language)]
    here = [part for part in able if part.path.exists()]
    for part in here:
        if language in split(part.language):
            return part.path
    if here:
        return here[0].path
    hint = f"pipit models pull {able[0].name}" if able else f"pipit models add one; they come into {models_folder()}"
    what = "recogniser" if kind == "recognizer" else kind
    raise BadConfig("no-such-language", f"no {what} for the language '{language}' is here", hint)


def _require_agreement(weights: Weights, language: str, known: list[Known]) -> None:
    parts = (("recognizer", weights.recognizer), ("voice", weights.voice), ("model", weights.model))
    told = [part for kind, path in parts for part in known if part.path == path and part.kind == kind and part.language]
    wanted = language or (split(told[0].language)[0] if told else "")
    for part in told:
        if not speaks(part.language, wanted):
            other = f"engines.language is {language}" if language else f"the {_DOES[told[0].kind]} {wanted}"
            what = f"the {_DOES[part.kind]} {part.language} ({part.name}), but {other}"
            raise BadConfig("languages", what, "choose weights of one language: pipit models use NAME NAME")


def prompts_in(language: str, reply: Reply) -> Reply:
    """Return the words of a reply's settings in a language; what the person set stays."""
    if family(language) not in PROMPTS:
        return reply
    system, apology = PROMPTS[family(language)]
    # date and time are told in English words only: a model of another language is better off without
    spoken = {"system": system, "apology": apology, "clock": False}
    return reply.model_copy(update={key: spoken[key] for key in spoken if key not in reply.model_fields_set})
