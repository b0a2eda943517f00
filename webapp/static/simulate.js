// A simulation that is played behind its page: the page is looked at again until it is there, or somebody cancels it. Its link
// does the same without this script.
(() => {
  "use strict";
  const played = document.querySelector("[data-played]");
  if (!played) return;
  const look = setTimeout(() => location.reload(), 800);
  played.querySelector("form")?.addEventListener("submit", () => clearTimeout(look)); // a look would take the press back
})();
