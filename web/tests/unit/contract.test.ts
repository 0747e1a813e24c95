// The API description of the daemon against the shapes of the app: a sample of each named answer, made from the
// description, must pass the door, once with everything there and once with every null.

import { expect, test } from "vitest";
import document from "../../../docs/openapi.json";
import type { Shape } from "../../src/api/door";
import { liveBeat, liveChange, liveSnapshot } from "../../src/api/live-wire";
import * as main from "../../src/api/wire";
import * as calls from "../../src/api/wire-calls";
import * as office from "../../src/api/wire-office";
import * as recordings from "../../src/api/wire-recordings";
import * as system from "../../src/api/wire-system";

const wire = { ...main, ...calls, ...system, ...recordings };

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const schemas = (document as unknown as { components: { schemas: Record<string, Schema> } }).components.schemas;

/** Words of fields that the description leaves open; the door holds the list. */
const WORDS: Record<string, string> = { direction: "in", kind: "waiting", state: "done" };
/** The same words mean other things in other answers. */
const OWN_WORDS: Record<string, Record<string, string>> = {
  Recording: { kind: "queue", state: "sealed", leg: "mix", lock: "open" }, SealKey: { state: "open" }, Marker: { colour: "red" },
};

/** A value of a named schema, in its own words. */
function named(name: string, nulls: boolean): unknown {
  const before = { ...WORDS };
  Object.assign(WORDS, OWN_WORDS[name]);
  const built = sample(schemas[name] ?? {}, nulls, name);
  Object.assign(WORDS, before);
  return built;
}

/** A value the schema allows: nulls wherever it may, or nowhere. */
function sample(schema: Schema, nulls: boolean, name = ""): unknown {
  if (schema.$ref) return named(schema.$ref.split("/").at(-1) ?? "", nulls);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const isNull = (s: Schema): boolean => s.type === "null";
    const pick = nulls ? (choices.find(isNull) ?? choices[0]) : choices.find((s) => !isNull(s));
    return sample(pick ?? {}, nulls, name);
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? "object"];
  if (types.includes("null") && nulls) return null;
  if (schema.enum) return schema.enum.find((e) => e !== null);
  const type = types.find((t) => t !== "null");
  if (type === "string") return WORDS[name] ?? "text";
  if (type === "integer" || type === "number") return 7;
  if (type === "boolean") return true;
  if (type === "array") return schema.items ? [sample(schema.items, nulls)] : [];
  const built: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    if (!nulls || schema.required?.includes(field)) built[field] = sample(inner, nulls, field);
  }
  if (typeof schema.additionalProperties === "object") built["any"] = sample(schema.additionalProperties, nulls);
  return built;
}

const PAIRS: Record<string, Shape<unknown>> = {
  Hello: wire.hello, Me: wire.me, LoginSessions: wire.sessions, Queues: wire.queues, Agents: wire.agents, CallPage: wire.callPage,
  CallDetail: wire.callDetail, Closed: wire.closed, Health: wire.health, Backup: wire.backupMade, Backups: wire.backups,
  AuditPage: wire.audit, Account: wire.account, Accounts: wire.accounts, LiveSnapshot: liveSnapshot, LiveChange: liveChange,
  LiveBeat: liveBeat, SavedView: wire.savedView, SavedViews: wire.savedViews, ChosenColumns: wire.chosenColumns, Kiosks: wire.kiosks,
  KioskMade: wire.kioskMade, Screen: wire.screen, Report: wire.report, Catalogue: wire.reportIndex,
  Recording: wire.recordingOne, CallRecordings: wire.callRecordings, RecordingPage: wire.recordingPage, SoundLink: wire.soundLink, WaveForm: wire.wave,
  Marker: wire.marker, Markers: wire.markers, Listens: wire.listens, SealKey: wire.keyMade, SealKeys: wire.keys, KeyText: wire.keyText,
  Rotation: wire.rotation, RecordingStorage: wire.storage, ErasureDone: wire.erasure, Erasures: wire.erasures,
};

/** Of the manager interface: a daemon built without it does not describe them. */
const OFFICE: Record<string, Shape<unknown>> = { Desk: office.desk, ActionDone: office.actionDone };
for (const [name, shape] of Object.entries(OFFICE)) if (schemas[name]) PAIRS[name] = shape;

for (const [name, shape] of Object.entries(PAIRS)) {
  test(`${name} of the API description passes the door`, () => {
    const schema = schemas[name];
    if (!schema) throw new Error(`the API description has no ${name}; it has ${Object.keys(schemas).join(", ")}`);
    for (const nulls of [false, true]) expect(() => shape(named(name, nulls), name)).not.toThrow();
  });
}
