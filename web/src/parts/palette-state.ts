// Whether the palette is open, apart from the palette itself, which is loaded when first wanted.

import { Cell } from "../lib/cell";

export const paletteOpen = new Cell(false);
export const openPalette = (): void => paletteOpen.set(true);
