"""Addresses that look like Azure's and lead elsewhere: every trick on every host a token of ours may go to."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.services.hostile import HOSTILE

HOSTS = ("management.azure.com", "eastus.api.azureml.ms", "api.loganalytics.io", "westeurope.metrics.monitor.azure.com")

_TRICKS = """
https://HOST.evil.example/x
https://HOST@evil.example/x
https://HOST:443@evil.example/x
https://HOST%40evil.example/x
https://HOST%2f@evil.example/x
https://HOST\\@evil.example/x
https://HOST\\.evil.example/x
https://evil.example\\@HOST/x
https://evil.example#@HOST/x
https://evil.example?@HOST/x
https://evil.example/HOST/x
https://evil.example:443/HOST
https://evil.example;HOST/x
https://evil.example%00HOST/x
https://evil.example%20HOST/x
https://user@HOST/x
https://user:evil.example@HOST/x
https://HOST:8443/x
https://HOST:444/x
https://HOST:65536/x
https://HOST./x
https://.HOST/x
https://xHOST.example/x
https://x-HOST-x.example/x
https://HOST.example/x
https://HOST\t.evil.example/x
https://HOST .evil.example/x
https://HOST。evil.example/x
https://HOST．evil.example/x
https://HOST｡evil.example/x
https://HOST／.evil.example/x
https://HOST⁄x.evil.example/x
https://HOST\u200b.evil.example/x
https://HOST\u202e.evil.example/x
https://HOST%e3%80%82evil.example/x
https://evil.example/%2e%2e/HOST
http://HOST/x
http://HOST:443/x
HTTP://HOST/x
ws://HOST/x
//HOST@evil.example/x
///evil.example/HOST
/\\evil.example/HOST
https:/\\evil.example/HOST
https:\\\\evil.example\\HOST
https://[::1]/HOST
https://127.0.0.1:443/HOST
https://0x7f.1/HOST
https://017700000001/HOST
""".strip().split("\n")

LINKS: tuple[str, ...] = tuple(
    dict.fromkeys((*HOSTILE, *(trick.replace("HOST", host) for host in HOSTS for trick in _TRICKS)))
)


def names() -> list[str]:
    """The hosts a certificate may name: with them the evil server proves to be whoever a link says."""
    found: set[str] = set()
    for link in LINKS:
        try:
            host = urlsplit(link).hostname or ""
        except ValueError:
            continue
        if host.isascii() and all(part.replace("-", "").isalnum() for part in host.split(".")) and "." in host:
            found.add(host)
    return sorted({*found, *HOSTS, "evil.example", "*.evil.example"})
