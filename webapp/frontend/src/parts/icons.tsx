// The few signs that the editor needs, drawn like those of the pages (webapp/templates/parts.html).

const PATHS: Record<string, string> = {
  up: "M8 13V3M3.500 7.500 8 3l4.500 4.500",
  down: "M8 3v10M3.500 8.500 8 13l4.500-4.500",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  remove: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.5 9h6l.5-9M7 7v4M9 7v4",
  add: "M8 3v10M3 8h10",
  undo: "M6 3 2.500 6.500 6 10M3 6.500h6.500a3.500 3.500 0 0 1 0 7H6",
  redo: "M10 3l3.500 3.500L10 10M13 6.500H6.500a3.500 3.500 0 0 0 0 7H10",
  if: "M8 2 14 8 8 14 2 8zM6.500 6.500c0-1 .7-1.500 1.500-1.500s1.500.6 1.500 1.400C9.500 7.600 8 7.500 8 8.800M8 10.500v.4",
  each: "M3 7a5 5 0 0 1 9-2.500M13 9a5 5 0 0 1-9 2.500M12.500 1.500v3h-3M3.500 14.500v-3h3",
  text: "M3 4V3h10v1M8 3v10M6 13h4",
  button: "M2 5h12v6H2zM5 8h6",
  image: "M2 3h12v10H2zM2 11l3.500-3.500 3 3L10.500 8.500 14 12M10.500 6h.1",
  box: "M2.500 2.500h11v11h-11z",
  line: "M2 8h12",
  note: "M3 2.500h10v8H8l-3 3v-3H3z",
  shared:
    "M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 0 1 4 4L11 8.500M9 11.500 7.500 13a2.800 2.800 0 0 1-4-4L5 7.500",
  value: "M5 3c-2 0-1 4-3 5 2 1 1 5 3 5M11 3c2 0 1 4 3 5-2 1-1 5-3 5",
  desk: "M2 3h12v8H2zM6 14h4M8 11v3",
  phone: "M5 1.500h6v13H5zM7.500 12.500h1",
  moon: "M13 9.500A5.500 5.500 0 1 1 6.500 3a4.500 4.500 0 0 0 6.500 6.500z",
  noimage: "M2 3h12v10H2zM2 2l12 12",
  lines: "M3 4h10M3 7h10M3 10h7M3 13h9",
  code: "M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500",
  left: "M2.500 3.500h11M2.500 6.500h7M2.500 9.500h11M2.500 12.500h7",
  center: "M2.500 3.500h11M4.500 6.500h7M2.500 9.500h11M4.500 12.500h7",
  right: "M2.500 3.500h11M6.500 6.500h7M2.500 9.500h11M6.500 12.500h7",
  chain:
    "M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 0 1 4 4L11 8.500M9 11.500 7.500 13a2.800 2.800 0 0 1-4-4L5 7.500",
  keep: "M4 2.500h8v11l-4-3-4 3z",
  before: "M10 3 5 8l5 5",
  next: "M6 3l5 5-5 5",
  open: "M4 6.500 8 10.500l4-4",
  ok: "M3 8.500 6.500 12 13 4.500",
  alert: "M8 2 14.500 13.500h-13zM8 6.500v3.500M8 11.500v.5",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name] ?? PATHS.box ?? ""}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
