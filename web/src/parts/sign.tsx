// The few icons the wallboard has too, and the mark of the house. Everything else is in `icon`.

export const SIGNS = {
  okc: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM6.800 10.200l2.300 2.300 4.200-4.700",
  refresh: "M16 8a6.300 6.300 0 1 0 .3 3.500M16.300 4v4h-4",
  stop8: "M7 2.800h6L17.200 7v6L13 17.200H7L2.800 13V7zM10 6.500v4.300M10 13.600h.01",
  warn: "M10 3 18 16.500H2zM10 8.200v3.600M10 14.200h.01",
} as const;

export function Sign({ name, small }: { name: keyof typeof SIGNS; small?: boolean }) {
  return (
    <svg class={small ? "i s" : "i"} viewBox="0 0 20 20" aria-hidden="true">
      <path d={SIGNS[name]} />
    </svg>
  );
}

/** The mark of the house. */
export function Mark() {
  return (
    <svg viewBox="0 0 26 26" aria-hidden="true">
      <rect x="1" y="1" width="24" height="24" rx="6" fill="currentColor" />
      <g fill="var(--side-bg)">
        <circle cx="7.5" cy="7.5" r="2.1" />
        <circle cx="18.5" cy="7.5" r="1.3" opacity=".55" />
        <circle cx="7.5" cy="18.5" r="1.3" opacity=".55" />
        <circle cx="18.5" cy="18.5" r="2.1" />
      </g>
      <path d="M7.5 7.5c0 9 11 2 11 11" fill="none" stroke="var(--side-bg)" stroke-width="2.1" stroke-linecap="round" />
    </svg>
  );
}
