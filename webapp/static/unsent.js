// While somebody types into a form, the server is looked for: where it is away, the form says so beside what was typed and waits
// with sending. A browser alone would put a page of its own in the form's place.
(() => {
  "use strict";
  const banner = document.getElementById("unsent")?.content.firstElementChild;
  if (!banner) return;
  const EVERY = 5_000;
  const PATIENCE = 20_000; // a busy server is not away
  const there = document.querySelector("link[rel=icon]").href;
  let typedIn = null;
  let isAway = false;
  let isLooking = false;
  let timer = 0;
  let waiting = null;

  async function look() {
    if (isLooking || document.hidden) return;
    isLooking = true;
    const reply = await fetch(there, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
    isLooking = false;
    isAway = reply === null;
    if (isAway && !banner.isConnected) typedIn.append(banner);
    if (isAway) return;
    banner.remove();
    send();
  }

  /** Send what was held back. */
  function send() {
    if (!waiting) return;
    const { form, submitter } = waiting;
    waiting = null;
    form.requestSubmit(submitter);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    // Drafts are kept by a script of their own, and a search loses nothing.
    if (form?.method !== "post" || !form.closest("main") || "drafting" in form.dataset) return;
    typedIn = form;
    timer ||= setInterval(look, EVERY);
  });
  document.addEventListener("submit", (event) => {
    if (!isAway || event.target !== typedIn) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form: event.target, submitter: event.submitter };
    look();
  }, true);
  banner.querySelector("button").addEventListener("click", look);
})();
