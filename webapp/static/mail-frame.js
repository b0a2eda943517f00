/* In the frame of a mail that is edited: tells the editor around it which block was pressed, and outlines the one that it
   is told. The frame runs nothing else: its policy names this script by its hash (webapp/mail_frame.py). */
(function () {
  "use strict";
  if (parent === window) return;

  function blocks(at) {
    var own = document.querySelectorAll('[data-at="' + at + '"]');
    return own.length ? own : document.querySelectorAll('[data-at^="' + at + '."]'); // a condition shows no box of its own
  }

  /** As little as it takes, and in here alone: scrollIntoView would scroll the page around the frame, too. */
  function show(at) {
    if (at.top < 0) scrollBy(0, at.top);
    else if (at.bottom > innerHeight) scrollBy(0, Math.min(at.top, at.bottom - innerHeight));
  }

  addEventListener("click", function (event) {
    var link = event.target.closest("a");
    var block = event.target.closest("[data-at]");
    if (link && (event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    parent.postMessage({ pressed: block ? block.dataset.at : "", times: event.detail }, "*"); // "": of the layout
  }, true);

  addEventListener("scroll", function () { parent.postMessage({ top: scrollY }, "*"); }, { passive: true });

  addEventListener("message", function (event) {
    var told = event.data;
    if (event.source !== parent || typeof told !== "object" || !/^[\d.]*$/.test(told.chosen)) return;
    document.querySelectorAll("[data-chosen]").forEach(function (each) { each.removeAttribute("data-chosen"); });
    if (told.top) scrollTo(0, told.top);
    if (!told.chosen) return;
    var found = blocks(told.chosen);
    found.forEach(function (each) { each.setAttribute("data-chosen", ""); });
    if (found[0]) show(found[0].getBoundingClientRect());
  });
})();
