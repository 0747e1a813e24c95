// The table: caption, header cells that sort, cards on phones. Roles are written out, because the cards' layout
// would otherwise take them from the table.

import type { ComponentChildren, Ref } from "preact";
import type { Direction } from "../lib/sort";
import { Icon } from "./icon";

export interface Col<T> {
  id: string;
  head: ComponentChildren;
  cell: (row: T) => ComponentChildren;
  /** Label of the cell in a card; none for the title and cells that explain themselves. */
  label?: string | undefined;
  /** Classes of header and cell: `n` figure, `off` not on cards, `wide` whole width of a card, `name` the title. */
  look?: string | undefined;
  help?: string | undefined;
  sort?: boolean | undefined;
}

export interface Sorting {
  by: string;
  direction: Direction;
  set: (by: string) => void;
}

/** Header cells take the classes of their column but those that only shape a card. */
function headLook(look: string | undefined): string | undefined {
  return look?.split(" ").filter((c) => !["off", "wide", "name", "lft"].includes(c)).join(" ") || undefined;
}

interface Props<T> {
  caption: string;
  cols: readonly Col<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** Class of a row: `a`, `w`, `all`, `gone`, `at`. */
  rowLook?: (row: T) => string;
  look?: string;
  sorting?: Sorting | undefined;
  bodyRef?: Ref<HTMLTableSectionElement>;
}

export function Table<T>({ caption, cols, rows, keyOf, rowLook, look = "cards", sorting, bodyRef }: Props<T>) {
  return (
    <div class="tw">
      <table class={`t ${look}`} role="table">
        <caption class="vh">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {cols.map((c) => (
              <th
                key={c.id}
                role="columnheader"
                scope="col"
                class={headLook(c.look)}
                title={c.help}
                aria-sort={sorting && sorting.by === c.id ? sorting.direction : undefined}
              >
                {sorting && c.sort !== false ? (
                  <button type="button" onClick={() => sorting.set(c.id)}>
                    {c.head}
                    {sorting.by === c.id ? <Icon name={sorting.direction === "descending" ? "sortdown" : "sortup"} /> : null}
                  </button>
                ) : (
                  c.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" ref={bodyRef}>
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" class={rowLook?.(row) || undefined}>
              {cols.map((c) => (
                <td key={c.id} role="cell" class={c.look} data-l={c.label}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
