// The CloudEvents SDK for JavaScript at work: `publish URL` publishes in every mode, `read URL EVENT` reads one event back in both.
//
// Prints JSON. The key comes from PANOTTI_API_KEY.

import { CloudEvent, HTTP } from "cloudevents";

const names = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "traceparent", "tenant"];
const payloads = {
  "application/json": { amount: 3, name: "käse" },
  "text/plain": "käse €",
  "image/png": Uint8Array.from([0, 1, 254, 255]),
};

async function ask(url, path, headers, body) {
  const method = body === undefined ? "GET" : "POST";
  const answer = await fetch(url + path, { method, headers: { ...headers, authorization: `Bearer ${process.env.PANOTTI_API_KEY}` }, body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`${answer.status}: ${bytes}`);
  return { headers: Object.fromEntries(answer.headers), bytes };
}

// The SDK writes fields as they are, and a field is ASCII: so is this subject.
function event(mode, mediaType) {
  return new CloudEvent({
    id: `javascript-${mode}-${mediaType}`,
    source: "/sdks/javascript",
    type: "sdk.tried",
    subject: "100 % cheese",
    time: "2026-11-22T10:00:00.123Z",
    datacontenttype: mediaType,
    dataschema: "https://example.com/schema",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    tenant: "a b",
    data: payloads[mediaType],
  });
}

async function publish(url) {
  const ids = {};
  for (const [mode, write] of [["binary", HTTP.binary], ["structured", HTTP.structured]]) {
    for (const mediaType of Object.keys(payloads)) {
      const made = event(mode, mediaType);
      const message = write(made);
      ids[made.id] = JSON.parse((await ask(url, "/events", message.headers, message.body)).bytes).eventid;
    }
  }
  const batch = Object.keys(payloads).map((mediaType) => event("batched", mediaType));
  const body = `[${batch.map((made) => HTTP.structured(made).body).join(",")}]`;
  const answer = JSON.parse((await ask(url, "/events", { "content-type": "application/cloudevents-batch+json" }, body)).bytes);
  batch.forEach((made, index) => (ids[made.id] = answer.items[index].receipt.eventid));
  return ids;
}

function shown(read) {
  const found = Object.fromEntries(names.filter((name) => read[name] !== undefined).map((name) => [name, read[name]]));
  found.time = new Date(found.time).toISOString();
  const data = read.data;
  // Of `data_base64` the SDK makes an array of wider numbers, each of them a byte.
  return { ...found, data: ArrayBuffer.isView(data) ? { base64: Buffer.from(Uint8Array.from(data)).toString("base64") } : data };
}

async function readBack(url, eventid) {
  const structured = await ask(url, `/events/${eventid}`, { accept: "application/cloudevents+json" });
  const binary = await ask(url, `/events/${eventid}/payload`, {});
  // The SDK leaves the percent-encoding of fields to whoever calls it.
  for (const name of Object.keys(binary.headers)) {
    if (name.startsWith("ce-")) binary.headers[name] = decodeURIComponent(binary.headers[name]);
  }
  const isText = /^(text\/|application\/json)/.test(binary.headers["content-type"]);
  return {
    structured: shown(HTTP.toEvent({ headers: structured.headers, body: structured.bytes.toString() })),
    binary: shown(HTTP.toEvent({ headers: binary.headers, body: isText ? binary.bytes.toString() : binary.bytes })),
  };
}

const [command, url, ...ids] = process.argv.slice(2);
const result = {};
if (command === "publish") Object.assign(result, await publish(url));
else for (const eventid of ids) result[eventid] = await readBack(url, eventid);
console.log(JSON.stringify(result));
