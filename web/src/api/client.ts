// The only place that fetches. Every answer is one of three: data of the wanted shape, aborted, or failed with a
// kind a page can act on. Owns the CSRF word and the "you are logged out" call; knows no page.

import { BadShape, type Shape } from "./door";
import { told, type Told } from "./refusal";

export type Kind =
  | "invalid" | "not_found" | "denied" | "login" | "conflict" | "busy" | "unavailable" | "exhausted" | "damaged" | "internal"
  | "offline" | "shape";

export interface Fault {
  kind: Kind;
  /** What went wrong, in the reader's language; empty where only its kind is known. */
  message: string;
  /** What is wrong with which field, in the reader's language. */
  fields: Record<string, string>;
  /** Seconds to wait before trying again, when the daemon says so. */
  wait: number | null;
}

export type Answer<T> = { at: "ok"; data: T } | { at: "aborted" } | { at: "failed"; fault: Fault };

const KINDS: readonly string[] = ["invalid", "not_found", "denied", "conflict", "busy", "unavailable", "exhausted", "damaged", "internal"];
const ROOT = "/api/v1";

let csrf = "";
let language = "en";
let loggedOut: () => void = () => undefined;

export function useToken(token: string): void {
  csrf = token;
}
export function askIn(lang: string): void {
  language = lang;
}
/** Called when a request finds the session gone. */
export function onLoggedOut(then: () => void): void {
  loggedOut = then;
}

export type Query = Record<string, string | number | null | undefined | readonly string[]>;

/** Address below the API with its query; lists repeat the name, empty values are left out. */
export function address(path: string, query: Query = {}): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const v of value) q.append(name, v);
    else if (value !== null && value !== undefined && value !== "") q.set(name, String(value));
  }
  const tail = q.toString();
  return ROOT + path + (tail ? `?${tail}` : "");
}

export function get<T>(path: string, shape: Shape<T>, query: Query = {}, signal?: AbortSignal): Promise<Answer<T>> {
  return ask("GET", address(path, query), shape, undefined, signal);
}

export type Method = "POST" | "PATCH" | "DELETE";

export function send<T>(method: Method, path: string, shape: Shape<T>, body?: object): Promise<Answer<T>> {
  return ask(method, ROOT + path, shape, body);
}

/** For answers without content. */
export const nothing: Shape<null> = () => null;

async function ask<T>(method: string, url: string, shape: Shape<T>, body?: object, signal?: AbortSignal): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  if (body) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(url, {
      method, headers, credentials: "same-origin", cache: "no-store",
      body: body ? JSON.stringify(body) : null, signal: signal ?? null,
    });
    const text = await answer.text();
    const data: unknown = text ? parse(text) : null;
    if (!answer.ok) return failed(await faultOf(answer, data, url));
    return { at: "ok", data: shape(data, "") };
  } catch (why) {
    if (why instanceof DOMException && why.name === "AbortError") return { at: "aborted" };
    if (why instanceof BadShape) return failed(plain("shape", why.message));
    return failed(plain("offline", ""));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function plain(kind: Kind, message: string): Fault {
  return { kind, message, fields: {}, wait: null };
}

function failed(fault: Fault): { at: "failed"; fault: Fault } {
  return { at: "failed", fault };
}

async function faultOf(answer: Response, data: unknown, url: string): Promise<Fault> {
  const fault = plain("internal", "");
  const error = inside(data, "error");
  const kind = inside(error, "kind");
  const fields = inside(error, "fields");
  if (typeof kind === "string" && KINDS.includes(kind)) fault.kind = kind as Kind;
  if (typeof fields === "object" && fields !== null) {
    for (const [name, v] of Object.entries(fields)) fault.fields[name] = await told(asTold(v), language, true);
  }
  // Faults of fields say it all; the sentence above them would only repeat them, in English.
  const parts = Object.values(fault.fields);
  fault.message = parts.length ? parts.join(" ") : await told(asTold(error), language, false);
  const wait = Number(answer.headers.get("retry-after"));
  if (wait > 0) fault.wait = wait;
  // A wrong password at the gate is also 401, but nobody was logged in then.
  if (answer.status === 401 && !url.endsWith("/session")) {
    fault.kind = "login";
    loggedOut();
  }
  return fault;
}

function asTold(value: unknown): Told {
  const [message, code, values] = ["message", "code", "values"].map((name) => inside(value, name));
  return {
    message: typeof message === "string" ? message : "",
    code: typeof code === "string" ? code : null,
    values: typeof values === "object" && values !== null ? (values as Record<string, string>) : {},
  };
}

function inside(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
