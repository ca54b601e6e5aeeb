"""A world whose every answer holds secrets: in variables, tags, texts, command lines and error messages."""

from __future__ import annotations

import io
import json
from typing import Any

import requests
from urllib3 import HTTPResponse

from services.emulator.adapters import WorldAdapter
from services.emulator.world import World
from tests.services.planted import CANARY, FIELDS, TEXTS

SECRETS = dict.fromkeys(FIELDS, CANARY)
SAID = {f"note{number}": text.format(CANARY) for number, text in enumerate(TEXTS)}
COUNT = len(SECRETS) + len(SAID)


def plant(value: Any) -> None:
    """Put every secret into every block that people fill: tags, properties, variables, descriptions, messages."""
    if isinstance(value, list):
        for item in value:
            plant(item)
    elif isinstance(value, dict):
        for item in list(value.values()):
            plant(item)
        for name in ("tags", "properties", "environmentVariables", "inputs"):
            block = value.get(name)
            if isinstance(block, dict) and "nextLink" not in block:
                block.update(SAID if name == "tags" else {**SECRETS, "environmentVariables": {**SECRETS, **SAID}})
        for name in ("description", "message", "command"):
            if isinstance(value.get(name), str):
                value[name] += "; " + TEXTS[0].format(CANARY)


class PlantingAdapter(WorldAdapter):
    """Answers as the world does, with secrets planted in every JSON document."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.answers = 0

    def send(self, request: requests.PreparedRequest, *given: Any, **options: Any) -> requests.Response:
        found = super().send(request, *given, **options)
        document = found.json()
        plant(document)
        body = json.dumps(document).encode()
        self.answers += CANARY.encode() in body
        headers = {**found.headers, "content-length": str(len(body))}
        raw = HTTPResponse(body=io.BytesIO(body), headers=headers, status=found.status_code, preload_content=False)
        return self.build_response(request, raw)
