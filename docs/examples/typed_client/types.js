// Writes messages.ts, the types of all messages in asyncapi.json: node types.js

import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const text = readFileSync("asyncapi.json", "utf8");
// The schemas of AsyncAPI are JSON Schema. There, they stand under another name.
const document = JSON.parse(text.replaceAll("/components/schemas/", "/$defs/"));
const { channels, operations, components } = document;
const $defs = components.schemas;

for (const schema of Object.values($defs)) {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // Else each field gets a type of its own: Action, Action1, Action2 ...
    delete property.title;
    // For Python an action has a default. In JSON it must be there.
    if ("const" in property) (schema.required ??= []).push(name);
  }
}

function addUnion(title, operations) {
  const references = operations.flatMap(({ messages = [] }) => messages);
  const payloads = references.map(({ $ref }) => {
    return components.messages[$ref.split("/").at(-1)].payload;
  });
  $defs[title] = { title, oneOf: payloads };
}

for (const channel of Object.keys(channels)) {
  const all = Object.values(operations).filter((operation) => {
    return operation.channel.$ref === `#/channels/${channel}`;
  });
  // The document is the server's: what it receives, the client sends.
  const sent = all.filter(({ action }) => action === "receive");
  const pushed = all.filter(({ action }) => action === "send");
  const replies = sent.flatMap(({ reply = [] }) => reply);
  addUnion(`to_${channel}`, sent);
  addUnion(`from_${channel}`, [...pushed, ...replies]);
}

const options = { additionalProperties: false, unreachableDefinitions: true };
writeFileSync("messages.ts", await compile({ $defs }, "Schema", options));
