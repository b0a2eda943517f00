// What makes a track quicker to edit: Alt and arrows move a step, a pointer drags it. Its buttons do the same without this script.
(() => {
  "use strict";
  const list = document.querySelector("[data-lines]");
  if (!list) return;
  const FOCUS = "nurture-track-focus";
  const line = (element) => element?.closest?.("[data-line]");

  function press(at, what) {
    const button = at.querySelector(`[data-${what}]`);
    if (!button || button.disabled) return false;
    sessionStorage.setItem(FOCUS, "1");
    button.click();
    return true;
  }

  // The line that was moved has the focus again when the page is back.
  if (sessionStorage.getItem(FOCUS)) {
    sessionStorage.removeItem(FOCUS);
    list.querySelector("[aria-current]")?.focus();
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
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      if (press(at, event.key === "ArrowUp" ? "up" : "down")) event.preventDefault();
    } else if (event.key === "Delete" && !document.activeElement.matches("button")) {
      if (press(at, "remove")) event.preventDefault();
    }
  });

  // A pointer lifts a line and drops it before another of the same list; at the end of it, below the last.
  const parent = (element) => element.dataset.line.split("/").slice(0, -1).join("/");
  let lifted = null;
  for (const each of list.querySelectorAll("[data-line]")) {
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
      const siblings = [...list.querySelectorAll("[data-line]")].filter((other) => parent(other) === parent(each));
      const isBelow = siblings.indexOf(lifted) < siblings.indexOf(each);
      const before = isBelow ? siblings[siblings.indexOf(each) + 1] : each;
      lifted.querySelector("[data-before]").value = before ? before.dataset.line : "";
      lifted.querySelector("[data-drop]").click();
    });
  }
})();
