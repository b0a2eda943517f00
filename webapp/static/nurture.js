// What makes the pages quicker to use. Every page works without it.
(() => {
  "use strict";
  const KEYS_OFF = "nurture-keys-off";
  const ROW = "[data-row]";

  // ---- single keys, which can be switched off (WCAG 2.1.4)

  const dialog = document.getElementById("keys");
  const switched = document.getElementById("keys-on");
  const button = document.getElementById("keys-button");
  const GO = { d: "/", i: "/inbox", l: "/leads", t: "/campaigns", e: "/mails", a: "/reports" };
  let going = false;

  const areOn = () => localStorage.getItem(KEYS_OFF) === null;
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  function moveRow(step) {
    const rows = [...document.querySelectorAll(`main ${ROW}`)];
    const place = rows.indexOf(document.activeElement);
    const next = rows[place < 0 && step < 0 ? rows.length - 1 : place + step];
    if (next) next.focus();
    return Boolean(next);
  }

  function press(key) {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    target.click();
    if (target.matches("summary")) target.parentElement.querySelector("select, textarea, form button, input:not([type=hidden])")?.focus();
    return true;
  }

  /** Escape folds what a key has unfolded, and gives the focus back; whether it did. */
  function folded(target) {
    const open = target.closest("details.action[open]");
    if (!open) return false;
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  }

  function answer(key) {
    if (going) {
      going = false;
      if (GO[key]) location.assign(GO[key]);
      return Boolean(GO[key]);
    }
    switch (key) {
      case "?": dialog.showModal(); return true;
      case "g": going = true; setTimeout(() => { going = false; }, 1500); return true;
      case "/": {
        const search = document.querySelector("[data-search]");
        if (search) search.focus(); else location.assign("/leads#search");
        return true;
      }
      case "j": return press("j") || moveRow(1);
      case "k": return press("k") || moveRow(-1);
      case "c": case "e": case "r": case "s": case "u": return press(key);
      case "[": case "]": return press(key);
      case "x": case "X":
        document.dispatchEvent(new CustomEvent("nurture:pick", { detail: { stretch: key === "X" } }));
        return true;
      default: return false;
    }
  }

  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
    switched.checked = areOn();
    switched.addEventListener("change", () => {
      if (switched.checked) localStorage.removeItem(KEYS_OFF); else localStorage.setItem(KEYS_OFF, "1");
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
      if (isTyping(event.target)) {
        // A list in the field, such as that of the code pane, closes first and says so.
        if (event.key === "Escape" && !event.defaultPrevented && !folded(event.target)) event.target.blur();
        return;
      }
      if (event.key === "Escape" && folded(event.target)) return;
      if (areOn() && answer(event.key)) event.preventDefault();
    });
    if (location.hash === "#search") document.querySelector("[data-search]")?.focus();
    document.querySelector(`${ROW}[aria-current]`)?.scrollIntoView({ block: "nearest" });
  }

  // ---- rows close together, for whoever wants more of them; the server reads the cookie, so that no page jumps

  const rows = document.getElementById("rows-button");
  if (rows) {
    rows.hidden = document.querySelector(".list") === null;
    rows.addEventListener("click", () => {
      const isClose = rows.getAttribute("aria-pressed") !== "true";
      rows.setAttribute("aria-pressed", String(isClose));
      if (isClose) document.documentElement.dataset.rows = "close"; else delete document.documentElement.dataset.rows;
      document.cookie = `nurture-rows=${isClose ? "close" : ""}; path=/; max-age=${isClose ? 31_536_000 : 0}; SameSite=Lax`;
    });
  }

  // ---- menus close when one looks away; a choice is a choice

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.acting[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  for (const select of document.querySelectorAll("[data-submits]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }

  // ---- a preview follows what is typed

  const show = document.querySelector("[data-preview]");
  if (show) {
    const text = document.getElementById(show.dataset.preview);
    let waiting = 0;
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => show.click(), 700);
    });
    document.querySelector("[data-submits-by]")?.addEventListener("change", () => show.click());
    show.click();
  }

  // ---- the place one is at is seen in the menu, also where the window is low

  const menu = document.getElementById("menu");
  const at = menu?.querySelector("[aria-current]");
  if (at && at.offsetTop + at.offsetHeight > menu.clientHeight) menu.scrollTop = at.offsetTop - menu.clientHeight / 2;

  // ---- what is to be given elsewhere is copied by a press, where the browser may

  function copies(shown) {
    const told = JSON.parse(document.body.dataset.words);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: told.copy });
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(shown.dataset.copy || shown.textContent.trim()).then(() => true, () => false);
      if (done) button.textContent = told.copied;
    });
    button.setAttribute("aria-live", "polite");
    shown.after(button);
  }
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copies);

  // ---- clocks go on, by the server's time

  const offset = Date.parse(document.body.dataset.now ?? "") - Date.now();
  const words = JSON.parse(document.body.dataset.words ?? "{}");
  const SCALES = [[2 * 86400, 86400, "d"], [2 * 3600, 3600, "h"], [60, 60, "min"]];

  function span(seconds) {
    const scale = SCALES.find(([least]) => seconds >= least);
    return scale ? `${Math.floor(seconds / scale[1])} ${words[scale[2]]}` : "";
  }

  function tick() {
    for (const clock of document.querySelectorAll("[data-due]")) {
      const ahead = (Date.parse(clock.dataset.due) - Date.now() - offset) / 1000;
      const length = span(Math.abs(ahead));
      clock.textContent = ahead <= 0 ? words.late.replace("{}", length || words.short) : length ? words.in.replace("{}", length) : words.now;
    }
  }
  setInterval(tick, 15_000);

  // ---- a score beside a mail moves while one clicks in it

  const scored = document.querySelector("[data-score]");

  async function ask() {
    if (document.hidden) return;
    const reply = await fetch(scored.dataset.score, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!reply?.ok) return;
    const score = await reply.json();
    let moved = false;
    for (const shown of document.querySelectorAll("[data-live]")) {
      const value = String(score[shown.dataset.live] ?? shown.textContent);
      if (shown.textContent === value) continue;
      shown.textContent = value;
      moved = true;
    }
    for (const chip of scored.querySelectorAll(".chip")) {
      for (const other of ["cold", "warm", "hot"]) chip.classList.toggle(other, other === score.temperature);
    }
    const said = document.querySelector("[data-live-said]");
    if (said && moved) said.textContent = words.changed;
  }
  if (scored) setInterval(ask, 2_000);
})();
