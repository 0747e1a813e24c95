// The API description of the daemon against the shapes of the app: a sample of each named answer, made from the
// description, must pass the door, once with everything there and once with every null.

import { expect, test } from "vitest";
import document from "../../../docs/openapi.json";
import type { Shape } from "../../src/api/door";
import { liveBeat, liveChange, liveSnapshot } from "../../src/api/live-wire";
import * as main from "../../src/api/wire";
import * as calls from "../../src/api/wire-calls";
import * as office from "../../src/api/wire-office";
import * as system from "../../src/api/wire-system";

const wire = { ...main, ...calls, ...system };

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

/** A value the schema allows: nulls wherever it may, or nowhere. */
function sample(schema: Schema, nulls: boolean, name = ""): unknown {
  if (schema.$ref) return sample(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, nulls, name);
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
};

/** Of the manager interface: a daemon built without it does not describe them. */
const OFFICE: Record<string, Shape<unknown>> = { Desk: office.desk, ActionDone: office.actionDone };
for (const [name, shape] of Object.entries(OFFICE)) if (schemas[name]) PAIRS[name] = shape;

for (const [name, shape] of Object.entries(PAIRS)) {
  test(`${name} of the API description passes the door`, () => {
    const schema = schemas[name];
    if (!schema) throw new Error(`the API description has no ${name}; it has ${Object.keys(schemas).join(", ")}`);
    for (const nulls of [false, true]) expect(() => shape(sample(schema, nulls), name)).not.toThrow();
  });
}
