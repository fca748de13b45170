"""The whole assistant, live: a recording through a virtual microphone, the answer out of a virtual speaker."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Server  # the sound servers of this folder

from pipit.fsm.clauses import ClauseCutter, speakable
from pipit.models import CancelToken, Engines

ROOT = Path(__file__).resolve().parents[3]
