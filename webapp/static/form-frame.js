/* Inside the frame of an embedded form: tells the page around it what it is called, how high it is, and where to go after sending. */
(function () {
  "use strict";
  if (parent === window) return;
  function tell(message) { parent.postMessage(message, "*"); }
  tell({ nurtureFormTitle: document.title });
  new ResizeObserver(function () {
    tell({ nurtureFormHeight: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  }).observe(document.documentElement);
  var next = document.querySelector("a[data-next]");
  if (next) tell({ nurtureFormNext: next.href });
})();
