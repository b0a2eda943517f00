// What was said and is done passes by itself after ten seconds, unless somebody reads it: a pointer on it, the focus in it, or
// the page out of sight stops the time (WCAG 2.2.1). Where one must act, nothing passes: such words are not in here.
(() => {
  "use strict";
  const PASSES_AFTER = 10_000;

  for (const toast of document.querySelectorAll("[data-passing]")) {
    let left = PASSES_AFTER;
    let since = 0;
    let timer = 0;
    const held = new Set();
    toast.tabIndex = 0; // so that a keyboard stops the time, too

    const go = () => {
      if (held.size || timer) return;
      since = Date.now();
      timer = setTimeout(() => toast.remove(), left);
    };
    const hold = (why) => {
      held.add(why);
      if (!timer) return;
      clearTimeout(timer);
      timer = 0;
      left -= Date.now() - since;
    };
    const release = (why) => {
      held.delete(why);
      go();
    };

    toast.addEventListener("pointerenter", () => hold("pointer"));
    toast.addEventListener("pointerleave", () => release("pointer"));
    toast.addEventListener("focusin", () => hold("focus"));
    toast.addEventListener("focusout", () => release("focus"));
    const seen = () => (document.hidden ? hold("sight") : release("sight"));
    document.addEventListener("visibilitychange", seen);
    seen();
  }
})();
