"""SIP messages as text, and the digest a registrar asks for (RFC 3261, RFC 2617)."""
import hashlib
import random
import re

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_SHORT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact",
    "l": "content-length", "r": "refer-to", "b": "referred-by", "o": "event",
}


def token(length=10):
    """Random letters for tags, branches and call ids."""
    return "".join(random.choice(_LETTERS) for _ in range(length))


class Message:
    """One message received: `method` of a request or `code` of a response."""

    def __init__(self, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        self.start = lines[0]
        self.body = body.decode("utf-8", "replace")
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers.append((_SHORT.get(name, name), value.strip()))
        words = self.start.split()
        if not words:
            raise ValueError("an empty message")
        self.code = int(words[1]) if words[0] == "SIP/2.0" else None
        self.method = None if self.code is not None else words[0]

    def get(self, name):
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def tag(self, name):
        return first(r";tag=([^;\s>]+)", self.get(name))

    def user(self, name):
        return first(r"sips?:([^@;>]+)@", self.get(name))

    def branch(self):
        return first(r"branch=([^;\s]+)", self.get("via"))


def first(pattern, text):
    """The first group of a pattern in a text, or the empty text."""
    found = re.search(pattern, text)
    return found.group(1) if found else ""


def _md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def authorization(user, password, method, uri, challenge, count):
    """The value of the header that answers a 401 or 407."""
    realm, nonce, qop, opaque = (
        first(name + r'="?([^",]+)"?', challenge) for name in ("realm", "nonce", "qop", "opaque"))
    person = _md5(f"{user}:{realm}:{password}")
    what = _md5(f"{method}:{uri}")
    fields = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if qop:
        ours = token(8)
        proof = _md5(f"{person}:{nonce}:{count:08x}:{ours}:auth:{what}")
        fields += f', response="{proof}", qop=auth, nc={count:08x}, cnonce="{ours}"'
    else:
        fields += f', response="{_md5(f"{person}:{nonce}:{what}")}"'
    return fields + (f', opaque="{opaque}"' if opaque else "")
