"""The commands in docs/api.md do what the guide says: each is sent as it stands there, and none is refused."""

import re
import shlex

from django.conf import settings

GUIDE = settings.BASE_DIR / "docs" / "api.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The words of each curl command in the text's shell blocks; a command ends where the next or a pipe begins."""
    made: list[list[str]] = []
    for language, block in FENCE.findall(text):
        if language or "curl " not in block:
            continue
        is_within = False
        for word in shlex.split(block):
            if word.endswith("curl"):
                made.append([word])
                is_within = True
            elif word == "|":
                is_within = False
            elif is_within:
                made[-1].append(word)
    # One shows what is sent to a receiver of webhooks; that is somebody else's address.
    return [words for words in made if any(word.startswith("$URL/") for word in words)]


def request_of(words: list[str]) -> tuple[str, str, dict[str, str], bytes]:
    """(method, address, headers, body) of a curl command, as far as the guide makes use of curl."""
    method, address, headers, body = "GET", "", {}, b""
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "-sX":
                method = next(rest)
            case "-sH" | "-H":
                name, _colon, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest).encode()
            case "-o" | "-w" | "-D":
                next(rest)
            case _:
                assert word.startswith("$URL/"), f"the guide uses curl in a way that this test does not know: {word}"
                address = word.removeprefix("$URL")
    return method, address, headers, body


def test_every_command_of_the_guide(api):
    known = {"accounts": api.post("accounts/", {"external_id": "A-17", "name": "Guide", "tags": ["a"]}).json()["id"]}
    other = api.post("accounts/", {"name": "Guide Ltd.", "tags": ["b"]}).json()["id"]
    tag = ""
    found = commands(GUIDE.read_text(encoding="utf-8"))
    assert len(found) > 10
    for words in found:
        method, address, headers, body = request_of(words)
        kind = address.removeprefix("/api/v1/").partition("/")[0]
        address = address.replace("$ID", known.get(kind, "")).replace("$OTHER", other)
        body = body.replace(b"$OTHER", other.encode())
        headers = {name: value.replace("$KEY", api.key).replace("$TAG", tag) for name, value in headers.items()}
        content_type = headers.pop("Content-Type", "application/json")
        answer = api.call(method, address, body, content_type=content_type, **headers)
        expected = {304} if "If-None-Match" in headers else {200, 201}
        assert answer.status_code in expected, (words, answer.content)
        if words[0].startswith("TAG="):
            tag = answer["ETag"]
        if answer.status_code == 201:
            made = answer.get("Location", address).partition("/api/v1/")[2].partition("/")[0]
            known[made] = answer.json()["id"]
    assert tag
