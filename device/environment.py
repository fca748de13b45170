"""Settings from ``PIPIT_…`` variables, over those of a file.

Only imported where a variable is set: pydantic-settings brings asyncio and with it TLS, 4 to 13 MB and a tenth of a
second that nobody else needs before the first word.
"""

from __future__ import annotations

import os
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from pipit.device.config import PREFIX, Settings
from pipit.errors import BadConfig


class _Overruled(Settings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before what was read from the file."""
        return env_settings, init_settings


def settings_over(values: dict[str, Any]) -> Settings:
    """Return the settings of a file with variables over them; raises ``BadConfig`` for one that is no JSON."""
    try:
        found = _Overruled(**values)
    except SettingsError as error:
        raise _no_json(error) from error
    return Settings(**{name: getattr(found, name) for name in found.model_fields_set})


def _no_json(error: SettingsError) -> BadConfig:
    names = [name for name in os.environ if name.upper().removeprefix(PREFIX).lower() in Settings.model_fields]
    hint = f"set one value at a time, such as {PREFIX}LISTEN__SILENCE_MS=700"
    return BadConfig("config-value", f"variable {' or '.join(names)}: no JSON object ({error.__cause__})", hint)
