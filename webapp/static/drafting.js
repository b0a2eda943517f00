// What is typed into a file's field is saved as its draft, a moment after typing stops. Its button does the same without this script.
(() => {
  "use strict";
  const form = document.querySelector("[data-drafting]");
  if (!form) return;
  const text = form.elements.namedItem("text");
  const seeing = form.elements.namedItem("seeing");
  const token = form.elements.namedItem("csrf_token");
  const said = form.querySelector("[data-drafting-said]");
  const words = JSON.parse(said.dataset.words);
  const SHELF = `nurture-typed:${form.dataset.whose}:${form.dataset.drafting}`;
  const PAUSE = 800;
  const AGAIN = 5000;
  form.autocomplete = "off"; // a browser that fills in what stood here before would mix two states
  let kept = "unsaved" in form.dataset ? null : text.defaultValue;
  let isAsking = false;
  let isStopped = "parted" in form.dataset; // another's draft is shown beside it: a person decides
  let isLeaving = false;
  let waiting = 0;
  let pressed = null;

  // ---- what no server has yet stays in this browser, also when it crashes

  const shelve = () => {
    try { localStorage.setItem(SHELF, JSON.stringify({ text: text.value, seeing: seeing.value })); } catch { /* a full or closed shelf */ }
  };
  const unshelve = () => {
    try {
      const found = JSON.parse(localStorage.getItem(SHELF) ?? "null");
      localStorage.removeItem(SHELF);
      return found;
    } catch { return null; }
  };

  const tell = (sentence, isWrong = false) => {
    said.textContent = sentence;
    said.classList.toggle("mistake", isWrong);
  };
  const later = (pause) => {
    clearTimeout(waiting);
    waiting = setTimeout(save, pause);
  };

  /** The page anew, for a form that outlived its session; whether somebody is logged in. */
  async function renew() {
    const reply = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return false;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector("[data-drafting] [name=csrf_token]");
    if (fresh) token.value = fresh.value;
    return fresh !== null;
  }

  async function save() {
    clearTimeout(waiting);
    if (isStopped || isLeaving) return;
    if (isAsking) { later(PAUSE); return; }
    const sent = text.value;
    if (sent === kept) return;
    isAsking = true;
    tell(words.saving);
    const asked = new FormData(form);
    const reply = await fetch(form.dataset.drafting, {
      method: "POST", body: asked, headers: { Accept: "application/json" },
    }).catch(() => null);
    isAsking = false;
    if (pressed !== null) { // the form goes with the number that was just given
      if (reply?.ok) seeing.value = String((await reply.json()).number);
      form.requestSubmit(pressed);
      return;
    }
    if (reply?.ok) {
      const answer = await reply.json();
      seeing.value = String(answer.number);
      kept = sent;
      tell(words.saved.replace("{}", answer.at));
      form.querySelector("[data-drafting-drop]").hidden = answer.number === 0;
      if (text.value === kept) unshelve(); else later(PAUSE);
    } else if (reply?.status === 409) {
      isStopped = true;
      tell(words.theirs, true);
      form.querySelector("[data-drafting-parted]").hidden = false;
    } else if (reply?.status === 403) {
      tell(words.refused, true);
    } else if (reply?.status === 401 || reply?.status === 400) {
      tell(words.out, true);
      if (await renew()) later(0);
    } else {
      tell(words.away, true);
      later(AGAIN);
    }
  }

  text.addEventListener("input", () => {
    shelve();
    later(PAUSE);
  });
  document.addEventListener("visibilitychange", () => later(0)); // one looks away, or comes back logged in
  addEventListener("pageshow", (event) => { if (event.persisted) { isLeaving = false; later(0); } });
  form.addEventListener("submit", (event) => {
    if (isAsking) {
      event.preventDefault();
      pressed = event.submitter;
      return;
    }
    pressed = null;
    isLeaving = event.submitter?.formTarget === "";
    if (isLeaving && event.submitter.formAction.endsWith("/drop")) unshelve();
  });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && kept !== null && text.value !== kept) event.preventDefault();
  });

  const found = unshelve();
  if (found && found.text !== text.value && kept !== null && !isStopped) {
    text.value = found.text;
    seeing.value = found.seeing; // whoever saved since is told of, and nothing is written over
    shelve();
    tell(words.again);
  }
  if (text.value !== kept) later(0);
})();
