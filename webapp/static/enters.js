// How many would enter, while the form is filled in. Its button Count does the same without this script.
(() => {
  "use strict";
  const form = document.querySelector("[data-enters]");
  if (!form) return;
  const said = form.querySelector("[data-count-said]");
  const failed = form.querySelector("[data-count-failed]");
  if (!said) return;
  let waiting = 0;
  let asking = null;

  async function count() {
    clearTimeout(waiting);
    asking?.abort();
    const mine = asking = new AbortController();
    document.getElementById("count").setAttribute("aria-busy", "true");
    failed.hidden = true;
    try {
      const reply = await fetch(form.dataset.enters, { method: "POST", body: new FormData(form), signal: mine.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      const counted = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("count");
      if (!counted) throw new Error("#count");
      document.getElementById("count").replaceWith(document.adoptNode(counted));
      said.textContent = counted.dataset.said;
    } catch (error) {
      if (error.name === "AbortError") return;
      document.getElementById("count").removeAttribute("aria-busy");
      failed.hidden = false;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, 400);
  });
  form.querySelector("[data-again]").addEventListener("click", count);
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-count]")) return;
    event.preventDefault();
    count();
  });
})();
