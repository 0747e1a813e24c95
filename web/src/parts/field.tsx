// Fields of forms: label above, hint under the label, the fault above the field in words that say what to do.
// A form with faults shows a summary first, which takes the focus and leads to the fields.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Fault } from "../api/client";
import { count, say } from "../words";
import { Icon } from "./icon";
import { faultText } from "./message";

export type Faults = Record<string, string>;

interface FieldProps {
  id: string;
  label: ComponentChildren;
  hint?: ComponentChildren;
  fault?: string | undefined;
  optional?: boolean;
  children: (aria: { id: string; "aria-describedby": string | undefined; "aria-invalid": "true" | undefined }) => ComponentChildren;
}

export function Field({ id, label, hint, fault, optional, children }: FieldProps) {
  const told = [fault ? `${id}-f` : "", hint ? `${id}-h` : ""].filter(Boolean).join(" ");
  return (
    <div class={fault ? "field err" : "field"}>
      <label for={id}>
        {label}
        {optional ? <span class="opt"> {say("field.optional")}</span> : null}
      </label>
      {fault ? (
        <p class="msg" id={`${id}-f`}>
          <Icon name="stop8" small />
          {fault}
        </p>
      ) : null}
      {children({ id, "aria-describedby": told || undefined, "aria-invalid": fault ? "true" : undefined })}
      {hint ? <p class="hint" id={`${id}-h`}>{hint}</p> : null}
    </div>
  );
}

interface TextProps {
  id: string;
  label: ComponentChildren;
  value: string;
  set: (value: string) => void;
  hint?: ComponentChildren;
  fault?: string | undefined;
  optional?: boolean;
  type?: "text" | "password" | "number" | "date";
  autocomplete?: string;
  look?: string;
  max?: number;
}

export function TextField({ id, label, value, set, hint, fault, optional = false, type = "text", autocomplete = "off", look, max = 200 }: TextProps) {
  const [shown, show] = useState(false);
  const secret = type === "password";
  return (
    <Field id={id} label={label} hint={hint} fault={fault} optional={optional}>
      {(aria) => {
        const input = (
          <input
            {...aria}
            class={look}
            // The library ties each kind of input to its roles; none is set here.
            type={(secret && shown ? "text" : type) as "text"}
            value={value}
            maxLength={max}
            autoComplete={autocomplete}
            spellcheck={false}
            onInput={(e) => set(e.currentTarget.value)}
          />
        );
        if (!secret) return input;
        const word = say(shown ? "field.hide" : "field.show");
        return (
          <div class="row">
            {input}
            <button type="button" class="btn sq" aria-pressed={shown} aria-label={word} title={word} onClick={() => show(!shown)}>
              <Icon name="eye" small />
            </button>
          </div>
        );
      }}
    </Field>
  );
}

interface ChoiceProps<T extends string> {
  id: string;
  label: ComponentChildren;
  value: T;
  set: (value: T) => void;
  options: readonly { value: T; text: string; lang?: string }[];
  hint?: ComponentChildren;
  fault?: string | undefined;
}

export function Choice<T extends string>({ id, label, value, set, options, hint, fault }: ChoiceProps<T>) {
  return (
    <Field id={id} label={label} hint={hint} fault={fault}>
      {(aria) => (
        <select
          {...aria}
          value={value}
          onChange={(e) => {
            const found = options.find((o) => o.value === e.currentTarget.value);
            if (found) set(found.value);
          }}
        >
          {options.map((o) => (
            <option key={o.value} value={o.value} lang={o.lang}>{o.text}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SummaryProps {
  /** Faults by field id, in the order of the fields, with the field's name. */
  faults: readonly { id: string; text: string }[];
  fault?: Fault | null;
  /** Changes with each sending, so that the focus comes back to the summary. */
  turn: number;
  /** Words for a refusal, where it means one thing only. */
  wrong?: string;
}

/** Takes the focus whenever a sending failed. */
export function Summary({ faults, fault, turn, wrong }: SummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  const any = faults.length > 0 || Boolean(fault);
  useEffect(() => {
    if (!any) return;
    box.current?.focus();
    const before = document.title;
    document.title = say("field.error") + before;
    return () => {
      document.title = before;
    };
  }, [turn, any]);
  if (!any) return null;
  return (
    <div class="note a" role="alert" tabIndex={-1} ref={box}>
      <Icon name="stop8" />
      <div>
        {faults.length > 0 ? (
          <>
            <b>{count("field.faults", faults.length, String(faults.length))}</b>
            <ul>
              {faults.map((f) => (
                <li key={f.id}>
                  <a
                    href={`#${f.id}`}
                    onClick={(e) => {
                      e.preventDefault();
                      document.getElementById(f.id)?.focus();
                    }}
                  >
                    {f.text}
                  </a>
                </li>
              ))}
            </ul>
          </>
        ) : fault ? (
          <b>{wrong && fault.kind === "denied" ? wrong : faultText(fault)}</b>
        ) : null}
      </div>
    </div>
  );
}
