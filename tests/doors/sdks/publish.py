"""The CloudEvents SDK for Python at work: `publish URL` publishes in every mode, `read URL EVENT` reads one event back in both.

Prints JSON. The key comes from PANOTTI_API_KEY.
"""

import base64
import json
import os
import sys
import urllib.request
from datetime import datetime, timezone

from cloudevents.core.bindings.http import HTTPMessage, from_binary, from_structured, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

NAMES = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "traceparent", "tenant"]
PAYLOADS = {"application/json": {"amount": 3, "name": "käse"}, "text/plain": "käse €", "image/png": bytes([0, 1, 254, 255])}
TIME = datetime(2026, 11, 22, 10, 0, 0, 123000, timezone.utc)


def ask(url: str, path: str, headers: dict[str, str], body: bytes | None = None) -> HTTPMessage:
    headers = headers | {"authorization": f"Bearer {os.environ['PANOTTI_API_KEY']}"}
    request = urllib.request.Request(url + path, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return HTTPMessage({name.lower(): value for name, value in answer.headers.items()}, answer.read())


def event(mode: str, media_type: str) -> CloudEvent:
    attributes = {
        "id": f"python-{mode}-{media_type}",
        "source": "/sdks/python",
        "type": "sdk.tried",
        "subject": "100 % käse",
        "time": TIME,
        "datacontenttype": media_type,
        "dataschema": "https://example.com/schema",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "tenant": "a b",
    }
    return CloudEvent(attributes, PAYLOADS[media_type])


def publish(url: str) -> dict[str, str]:
    ids = {}
    for mode, write in [("binary", to_binary), ("structured", to_structured)]:
        for media_type in PAYLOADS:
            made = event(mode, media_type)
            message = write(made, JSONFormat())
            ids[made.get_id()] = json.loads(ask(url, "/events", message.headers, message.body).body)["eventid"]
    batch = [event("batched", media_type) for media_type in PAYLOADS]
    body = b"[" + b",".join(to_structured(made, JSONFormat()).body for made in batch) + b"]"
    answer = json.loads(ask(url, "/events", {"content-type": "application/cloudevents-batch+json"}, body).body)
    for made, item in zip(batch, answer["items"], strict=True):
        ids[made.get_id()] = item["receipt"]["eventid"]
    return ids


def shown(read: CloudEvent) -> dict[str, object]:
    attributes = read.get_attributes()
    found = {name: attributes[name] for name in NAMES if name in attributes}
    found["time"] = found["time"].astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = read.get_data()
    return found | {"data": {"base64": base64.b64encode(data).decode()} if isinstance(data, bytes) else data}


def read_back(url: str, eventid: str) -> dict[str, object]:
    structured = ask(url, f"/events/{eventid}", {"accept": "application/cloudevents+json"})
    binary = ask(url, f"/events/{eventid}/payload", {})
    return {"structured": shown(from_structured(structured, JSONFormat())), "binary": shown(from_binary(binary, JSONFormat()))}


if __name__ == "__main__":
    command, url, *ids = sys.argv[1:]
    print(json.dumps(publish(url) if command == "publish" else {eventid: read_back(url, eventid) for eventid in ids}))
