// What makes a track quicker to edit: arrows walk its steps, Space lifts one, Alt and arrows move one at once, a pointer drags it.
// Its buttons do the same without this script.
(() => {
  "use strict";
  const list = document.querySelector("[data-lines]");
  if (!list) return;
  const FOCUS = "nurture-track-focus";
  const words = JSON.parse(list.dataset.words);
  const said = document.querySelector("[data-lines-said]");
  const line = (element) => element?.closest?.("[data-line]");
  const lines = () => [...list.querySelectorAll("[data-line]")];
  const row = (at) => at?.querySelector("[data-row]");
  /** The line with all that stands inside it. */
  const whole = (at) => lines().filter((each) => each === at || each.dataset.line.startsWith(`${at.dataset.line}/`));
  const parent = (element) => element.dataset.line.split("/").slice(0, -1).join("/");
  const siblings = (at) => lines().filter((other) => parent(other) === parent(at));

  const plus = (at) => [...list.querySelectorAll("[data-plus]")].find((each) => each.dataset.plus === at.dataset.line);

  function press(at, what) {
    const button = at.querySelector(`[data-${what}]`);
    if (!button || button.disabled) return false;
    const left = lines().filter((each) => !whole(at).includes(each));
    const next = left.find((each) => at.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) ?? left.at(-1);
    sessionStorage.setItem(FOCUS, (what === "remove" ? next : at)?.dataset.line ?? "");
    button.click();
    return true;
  }

  /** The line before *next*, which stands in the same list; at its end for none. */
  function drop(at, next) {
    sessionStorage.setItem(FOCUS, at.dataset.line);
    at.querySelector("[data-before]").value = next ? next.dataset.line : "";
    at.querySelector("[data-drop]").click();
  }

  // The line that was moved has the focus again when the page is back; the one after it, when it was deleted.
  const moved = sessionStorage.getItem(FOCUS);
  sessionStorage.removeItem(FOCUS);
  row(lines().find((each) => each.dataset.line === moved))?.focus();

  // ---- Space lifts a line, arrows move it among its own, Space puts it down, Escape puts it back

  let lift = null;

  function raise(at) {
    lift = { at, order: [...list.children], place: siblings(at).indexOf(at) };
    at.classList.add("lifted");
    said.textContent = words.lifted.replace("{}", row(at).textContent);
  }

  function carry(by) {
    const others = siblings(lift.at);
    const other = others[others.indexOf(lift.at) + by];
    if (!other) return;
    const target = by < 0 ? other : whole(other).at(-1);
    if (by < 0) target.before(...whole(lift.at)); else target.after(...whole(lift.at));
    row(lift.at).focus();
    said.textContent = words.at.replace("{}", siblings(lift.at).indexOf(lift.at) + 1).replace("[]", others.length);
  }

  function lay(keep, isHere = true) {
    const { at, order, place } = lift;
    const own = siblings(at);
    const now = own.indexOf(at);
    lift = null;
    at.classList.remove("lifted");
    if (keep && now !== place) {
      drop(at, own[now + 1]);
      return;
    }
    list.append(...order);
    if (isHere) row(at).focus();
    said.textContent = words.back;
  }

  // Whoever goes elsewhere has not put it down.
  list.addEventListener("focusout", (event) => {
    if (lift && event.relatedTarget && line(event.relatedTarget) !== lift.at) lay(false, false);
  });

  function carried(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) carry(step);
    else if (event.key === " " || event.key === "Enter") lay(true);
    else if (event.key === "Escape") lay(false);
    else return false;
    return true;
  }

  /** What a key does on the line *at*; whether it did something. */
  function typed(at, event) {
    const isOnRow = document.activeElement === row(at);
    const all = lines();
    if (event.key === "Delete") return !document.activeElement.matches("button") && press(at, "remove");
    switch (event.key) {
      case "ArrowUp": case "ArrowDown": {
        const up = event.key === "ArrowUp";
        if (event.altKey) return press(at, up ? "up" : "down");
        const next = row(all[all.indexOf(at) + (up ? -1 : 1)]);
        if (!isOnRow || !next) return false;
        next.focus();
        return true;
      }
      case " ":
        if (!isOnRow || event.altKey || !at.querySelector("form.tools")) return false;
        raise(at);
        return true;
      case "n": {
        const add = plus(at);
        if (event.altKey || !add || localStorage.getItem("nurture-keys-off") !== null) return false;
        add.open = true;
        add.querySelector("a").focus();
        return true;
      }
      default: return false;
    }
  }

  addEventListener("keydown", (event) => {
    const at = line(document.activeElement);
    const undoing = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
    if (undoing && !document.activeElement?.matches("input, textarea")) {
      const button = document.querySelector(`[data-turn=${event.shiftKey ? "redo" : "undo"}]`);
      if (button && !button.disabled) { event.preventDefault(); button.click(); }
      return;
    }
    if (!at || event.ctrlKey || event.metaKey) return;
    if (lift ? carried(event) : typed(at, event)) event.preventDefault();
  });

  // ---- the menu of a (+): arrows walk it, Escape and whatever is pressed elsewhere close it

  for (const menu of list.querySelectorAll(".plus details")) {
    menu.addEventListener("keydown", (event) => {
      const items = [...menu.querySelectorAll("a")];
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (by && menu.open) {
        const place = items.indexOf(document.activeElement);
        items[(place + by + items.length) % items.length].focus();
      } else return;
      event.preventDefault();
    });
  }
  document.addEventListener("click", (event) => {
    for (const menu of list.querySelectorAll(".plus details[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // ---- a pointer lifts a line and drops it before another of the same list; at the end of it, below the last

  let lifted = null;
  for (const each of lines()) {
    const form = each.querySelector("form.tools");
    if (!form) continue;
    each.draggable = true;
    each.addEventListener("dragstart", (event) => {
      lifted = each;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", each.dataset.line);
    });
    each.addEventListener("dragover", (event) => {
      if (!lifted || lifted === each || parent(lifted) !== parent(each)) return;
      event.preventDefault();
      each.classList.add("over");
    });
    each.addEventListener("dragleave", () => each.classList.remove("over"));
    each.addEventListener("dragend", () => { lifted = null; });
    each.addEventListener("drop", (event) => {
      event.preventDefault();
      const own = siblings(each);
      const isBelow = own.indexOf(lifted) < own.indexOf(each);
      drop(lifted, isBelow ? own[own.indexOf(each) + 1] : each);
    });
  }
})();
