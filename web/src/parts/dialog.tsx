// A native dialog: title, focus inside and back where it came from, Esc and Cancel alike.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { say } from "../words";
import { Icon } from "./icon";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons at the foot; a dialog with `onSend` is a form. */
  foot?: ComponentChildren;
  onSend?: () => void;
  look?: string;
}

export function Dialog({ title, onClose, children, foot, onSend, look = "" }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const inside = (
    <>
      <div class="dh">
        <h2 id={name}>{title}</h2>
        <button type="button" class="btn g xs sq push" aria-label={say("do.close")} title={say("do.close")} onClick={onClose}>
          <Icon name="x" small />
        </button>
      </div>
      <div class="in">{children}</div>
      {foot ? <div class="df">{foot}</div> : null}
    </>
  );
  return (
    <dialog
      ref={box}
      class={`dlg ${look}`}
      aria-labelledby={name}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => {
        // A form is not lost to a slip of the pointer.
        if (!onSend && e.target === box.current) onClose();
      }}
    >
      {onSend ? (
        <form
          noValidate
          onSubmit={(e) => {
            e.preventDefault();
            onSend();
          }}
        >
          {inside}
        </form>
      ) : (
        <div class="body">{inside}</div>
      )}
    </dialog>
  );
}
