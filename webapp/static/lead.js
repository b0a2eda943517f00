// From a lead to its neighbours in the list one came from, and back to that list as it was filtered. Without it, back is the browser's.
(() => {
  "use strict";
  const neighbours = document.querySelector("[data-neighbours]");
  const { paths = [], list } = JSON.parse(sessionStorage.getItem("nurture-leads") ?? "{}");
  const here = paths.indexOf(location.pathname);
  if (!neighbours || here < 0) return;
  document.querySelector("[data-list]").href = list;
  for (const link of neighbours.querySelectorAll("a")) {
    const path = paths[here + (link.dataset.key === "]" ? 1 : -1)];
    if (path) link.href = path; else link.remove();
  }
  neighbours.hidden = !neighbours.querySelector("a");
})();
