// Two frames take turns in the preview: one shows the mail, the other is loaded behind it and comes to the front when it is whole.

export class Turns {
  #front = 0;
  #loading: number | null = null;
  #isStale = false;

  /** The mail changed: the frame to load it into, or null while the other is being loaded, which then is loaded once more. */
  changed(): number | null {
    this.#isStale = this.#loading !== null;
    if (this.#loading !== null) return null;
    this.#loading = 1 - this.#front;
    return this.#loading;
  }

  /** Frame *index* is whole: null if nobody waits for it, else it is in front, and *next* is the frame to load a later change into. */
  loaded(index: number): { next: number | null } | null {
    if (this.#loading !== index) return null;
    this.#loading = null;
    this.#front = index;
    return { next: this.#isStale ? this.changed() : null };
  }
}
