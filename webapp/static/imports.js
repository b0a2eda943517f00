// An import that goes on behind its page says how far it is; when it is over, the page shows what came of it.
(() => {
  "use strict";
  const shown = document.querySelector("[data-import]");
  if (!shown) return;

  const look = async () => {
    const reply = await fetch(shown.dataset.import, { headers: { Accept: "application/json" } }).catch(() => null);
    if (reply?.ok) {
      const { words, done, of, over } = await reply.json();
      if (over) {
        location.reload();
        return;
      }
      shown.querySelector("[data-words]").textContent = words;
      const progress = shown.querySelector("progress");
      progress.max = of;
      progress.value = done;
    }
    setTimeout(look, 1_000);
  };
  setTimeout(look, 1_000);
})();
