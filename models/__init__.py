"""The three engines behind small ports, and the weights that they need.

Here are only the names that a conversation needs, so that importing them costs nothing. What knows vosk,
llama.cpp or Piper is imported by its own module, from the composition root alone: ``pipit.models.load``
(``load_engines``, ``pocket_weights``), ``pipit.models.scripted``, ``pipit.models.catalogue``,
``pipit.models.manifest`` (``verify``). As light as this one are ``pipit.models.phrases``, what may be said, and
``pipit.models.grammar``, what may be written. Which words a recogniser can hear tells ``pipit.models.vosk_words``.
"""

from pipit.models.cancel import CancelToken
from pipit.models.ports import Engines, LanguageModel, Message, Recognizer, Samples, Voice

__all__ = ["CancelToken", "Engines", "LanguageModel", "Message", "Recognizer", "Samples", "Voice"]
