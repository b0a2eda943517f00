// Ctrl+K: going anywhere by typing. Without it, the same button leads to a page that does so.
(() => {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const input = dialog.querySelector("input[type=search]");
  const list = document.getElementById("palette-list");
  const PAUSE_MS = 120;
  let waiting = 0;
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => options().findIndex((each) => each.getAttribute("aria-selected") === "true");

  function choose(place) {
    options().forEach((each, at) => each.setAttribute("aria-selected", String(at === place)));
    const option = options()[place];
    input.setAttribute("aria-activedescendant", option ? option.id : "");
    option?.scrollIntoView({ block: "nearest" });
  }

  async function find() {
    const number = ++asked;
    const reply = await fetch(`${form.action}?part`, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (number !== asked) return; // a later letter was quicker
    if (!reply?.ok || reply.redirected) {
      list.replaceChildren(Object.assign(document.createElement("p"), { className: "second", textContent: JSON.parse(document.body.dataset.words).unseen }));
      return;
    }
    list.innerHTML = await reply.text();
    choose(0);
  }

  function open() {
    dialog.showModal();
    input.select();
    find();
  }

  document.addEventListener("keydown", (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (!isAsked || event.defaultPrevented) return;
    event.preventDefault();
    if (dialog.open) dialog.close(); else open();
  });
  document.getElementById("go")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const count = options().length;
      if (count) choose((chosen() + step + count) % count);
    }
  });
  form.addEventListener("submit", (event) => {
    const link = options()[chosen()];
    if (!link) return; // the page says more
    event.preventDefault();
    location.assign(link.href);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
})();
