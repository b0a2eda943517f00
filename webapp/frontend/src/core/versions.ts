// What versions of a mail are called.

/** The key that an experiment knows a variant by, of whatever a person calls it; empty where nothing is left of it. */
export const variantKey = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "");
