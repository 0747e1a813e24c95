// One line after an act that went well. Failures are no toasts: they stay beside their cause.

import { useEffect, useState } from "preact/hooks";
import { Cell, useCell } from "../lib/cell";
import { Icon } from "./icon";

interface Toast {
  id: number;
  text: string;
}

const toasts = new Cell<readonly Toast[]>([]);
const STAY = 6000;
let last = 0;

export function toast(text: string): void {
  last += 1;
  toasts.set([...toasts.get(), { id: last, text }]);
}

export function Toasts() {
  const list = useCell(toasts);
  return (
    <div class="toasts" role="status">
      {list.map((t) => (
        <OneToast key={t.id} toast={t} />
      ))}
    </div>
  );
}

function OneToast({ toast: t }: { toast: Toast }) {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = window.setTimeout(() => toasts.set(toasts.get().filter((x) => x.id !== t.id)), STAY);
    return () => window.clearTimeout(timer);
  }, [held]);
  return (
    <span class="toast" onMouseEnter={() => hold(true)} onMouseLeave={() => hold(false)}>
      <Icon name="check" small />
      {t.text}
    </span>
  );
}
